"""From a path through all layers to the drives at the bottom."""

from pathlib import Path

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.classify import filesystem

DISK = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
SSD = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb"
NVME = "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1"
VIRTIO = "pci0000:00/0000:00:02.0/virtio1/block/vda"


def test_lvm_on_crypt_on_a_partition_leads_to_the_drive(machine):
    machine.nvme()
    part = machine.device(f"{NVME}/nvme0n1p1", "259:1", partition="1")
    crypt = machine.device("virtual/block/dm-0", "252:0", (part,), dm__uuid="CRYPT-LUKS2-x")
    machine.device("virtual/block/dm-1", "252:1", (crypt,), dm__uuid="LVM-x")
    media = machine.stacked("252:1")
    assert (media.media, machine.names(media)) == (MediaClass.FLASH, ["nvme0n1"])


def test_a_raid_of_equal_drives_names_them_all(machine):
    slaves = (machine.ssd(), machine.ssd(SSD.replace("sdb", "sdc"), "8:32"))
    machine.device("virtual/block/md0", "9:0", slaves, md__level="raid1")
    media = machine.stacked("9:0")
    assert (media.media, machine.names(media)) == (MediaClass.FLASH, ["sdb", "sdc"])


def test_a_raid_of_a_disk_and_an_ssd_is_hybrid(machine):
    machine.device("virtual/block/md0", "9:0", (machine.disk(), machine.ssd()))
    media = machine.stacked("9:0")
    assert media.media is MediaClass.HYBRID
    assert media.reason == "sda is disk, sdb is flash"


def test_a_cache_in_front_of_a_disk_is_hybrid(machine):
    machine.device("virtual/block/bcache0", "251:0", (machine.disk(), machine.nvme()))
    assert machine.stacked("251:0").media is MediaClass.HYBRID


def test_a_mirror_with_an_unknown_half_is_unknown(machine):
    virtual = machine.device(VIRTIO, "254:0", queue__rotational="1")
    machine.device("virtual/block/md0", "9:0", (machine.ssd(), virtual))
    media = machine.stacked("9:0")
    assert media.media is MediaClass.UNKNOWN
    assert media.reason.startswith("vda:")


def test_several_paths_to_one_drive_are_one_leaf(machine):
    place = "pci0000:00/host{0}/port-{0}:0/end_device-{0}:0/target{0}:0:0/{0}:0:0:0/block/{1}"
    paths = (
        machine.ssd(place.format(2, "sdc"), "8:32"),
        machine.ssd(place.format(3, "sdd"), "8:48"),
    )
    multipath = machine.device("virtual/block/dm-0", "252:0", paths, dm__uuid="mpath-36001405")
    machine.device("virtual/block/dm-1", "252:1", (multipath,), dm__uuid="LVM-x")
    media = machine.stacked("252:1")
    (leaf,) = media.leaves
    assert (leaf.serial, leaf.transport, media.media) == ("36001405", "sas", MediaClass.FLASH)


def test_a_drive_that_two_layers_share_is_named_once(machine):
    drive = machine.ssd()
    parts = tuple(machine.device(f"{SSD}/sdb{i}", f"8:1{i + 6}", partition=str(i)) for i in (1, 2))
    machine.device("virtual/block/dm-0", "252:0", parts)
    assert drive.endswith("sdb")
    assert machine.names(machine.stacked("252:0")) == ["sdb"]


def test_a_loop_device_leads_to_the_drive_below_its_file(machine):
    machine.disk()
    machine.mount("/", "8:0", "ext4", "/dev/sda")
    machine.write("images/a.img", "")
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/images/a.img")
    media = machine.stacked("7:0")
    assert (media.media, machine.names(media)) == (MediaClass.DISK, ["sda"])


def test_a_loop_device_of_another_container_is_unknown(machine):
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/out/of/sight.img")
    media = machine.stacked("7:0")
    assert media.media is MediaClass.UNKNOWN
    assert "out of sight" in media.reason


def test_a_loop_device_in_its_own_file_ends(machine):
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/data/a.img")
    machine.write("data/a.img", "")
    assert "circular" in machine.stacked("7:0").reason


def test_an_overlay_is_what_its_upper_folder_is(machine):
    machine.ssd()
    machine.mount("/var", "8:16", "xfs", "/dev/sdb")
    (machine.root / "var/upper").mkdir(parents=True)
    machine.mount("/data", "0:50", "overlay", "overlay", "rw,lowerdir=/l,upperdir=/var/upper")
    assert machine.seen().media is MediaClass.FLASH


def test_an_overlay_on_memory_is_memory(machine):
    machine.mount("/run", "0:22", "tmpfs", "tmpfs")
    (machine.root / "run/upper").mkdir(parents=True)
    machine.mount("/data", "0:50", "overlay", "overlay", "rw,upperdir=/run/upper")
    assert machine.seen().media is MediaClass.MEMORY


def test_an_overlay_whose_upper_folder_a_container_cannot_see_is_unknown(machine):
    machine.mount("/", "0:50", "overlay", "overlay", "rw,upperdir=/var/lib/x/diff")
    media = machine.seen()
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.NONE)
    assert "/var/lib/x/diff" in media.reason


def test_btrfs_names_all_its_members(machine):
    drives = {"sda": machine.disk(), "sdb": machine.ssd()}
    for name, folder in drives.items():
        machine.link(f"sys/fs/btrfs/uuid/devices/{name}", folder)
    machine.write("dev/sda", "")
    machine.mount("/data", "0:33", "btrfs", "/dev/sda")
    media = machine.seen()
    assert (media.media, machine.names(media)) == (MediaClass.HYBRID, ["sda", "sdb"])


def test_btrfs_on_a_mapped_device_is_followed_through_the_link(machine):
    mapped = machine.device("virtual/block/dm-0", "252:0", (machine.ssd(),))
    machine.link("sys/fs/btrfs/uuid/devices/dm-0", mapped)
    machine.write("dev/dm-0", "")
    machine.link("dev/mapper/root", "dev/dm-0")
    machine.mount("/data", "0:33", "btrfs", "/dev/mapper/root")
    assert machine.names(machine.seen()) == ["sdb"]


def test_zfs_is_found_by_the_labels_that_udev_read(machine):
    machine.disk()
    machine.ssd()
    machine.write("run/udev/data/b8:0", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank")
    machine.write("run/udev/data/b8:16", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=other")
    machine.mount("/data", "0:44", "zfs", "tank/home")
    media = machine.seen()
    assert (media.media, machine.names(media)) == (MediaClass.DISK, ["sda"])


def test_zfs_without_udev_is_unknown(machine):
    machine.mount("/data", "0:44", "zfs", "tank/home")
    media = machine.seen()
    assert media.media is MediaClass.UNKNOWN
    assert "zfs on tank/home" in media.reason


def test_a_thin_volume_leads_through_its_pool_to_all_drives(machine):
    data = machine.device("virtual/block/dm-0", "252:0", (machine.ssd(),), dm__uuid="LVM-data")
    meta = machine.device("virtual/block/dm-1", "252:1", (machine.nvme(),), dm__uuid="LVM-meta")
    pool = machine.device("virtual/block/dm-2", "252:2", (data, meta), dm__uuid="LVM-pool")
    machine.device("virtual/block/dm-3", "252:3", (pool,), dm__uuid="LVM-thin")
    media = machine.stacked("252:3")
    assert (media.media, machine.names(media)) == (MediaClass.FLASH, ["sdb", "nvme0n1"])


def test_a_mapped_device_without_members_is_unknown(machine):
    machine.device("virtual/block/dm-0", "252:0", queue__rotational="0")
    assert machine.stacked("252:0").media is MediaClass.UNKNOWN


def test_a_path_that_no_mount_covers_is_unknown(machine):
    assert machine.seen().media is MediaClass.UNKNOWN
    assert filesystem(Path("/data"), machine.root) == "unknown"
