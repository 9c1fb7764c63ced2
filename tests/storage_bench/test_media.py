from pathlib import Path

import pytest

from storage_bench.media import (
    Claim,
    EvidenceLevel,
    MediaClass,
    classify,
    combine,
    filesystem,
    settle,
)

DISK = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
SSD = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb"
NVME = "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1"
VIRTIO = "pci0000:00/0000:00:02.0/virtio1/block/vda"


def disk(machine, place: str = DISK, number: str = "8:0", **files: str) -> str:
    known = {"queue__rotational": "1", "device__model": "WDC WD40", "device__vendor": "ATA"}
    return machine.device(place, number, **(known | files))


def ssd(machine, place: str = SSD, number: str = "8:16", **files: str) -> str:
    known = {"queue__rotational": "0", "device__model": "CT500MX", "device__wwid": "naa.5001"}
    return machine.device(place, number, **(known | files))


def nvme(machine, place: str = NVME, number: str = "259:0", **files: str) -> str:
    known = {
        "queue__rotational": "0",
        "device__model": "MZQL23T8",
        "device__transport": "pcie",
        "wwid": "eui.0025",
    }
    return machine.device(place, number, **(known | files))


def seen(machine, path: str = "/data/x"):
    return classify(Path(path), machine.root)


def stacked(machine, number: str):
    """What stands below an ext4 on the device with this number."""
    machine.mount("/data", number, "ext4", "/dev/whatever")
    return seen(machine)


def names(media) -> list[str]:
    return [leaf.name for leaf in media.leaves]


def test_a_partition_of_an_nvme_drive_is_flash(machine):
    nvme(machine, size="4000")
    machine.device(f"{NVME}/nvme0n1p2", "259:2", partition="2")
    media = stacked(machine, "259:2")
    (leaf,) = media.leaves
    assert (media.media, media.level) == (MediaClass.FLASH, EvidenceLevel.SYSFS)
    assert (leaf.name, leaf.model, leaf.serial) == ("nvme0n1", "MZQL23T8", "eui.0025")
    assert (leaf.size_bytes, leaf.transport, leaf.rotational) == (2_048_000, "nvme", False)


def test_an_nvme_drive_seen_through_native_multipath_is_one_local_drive(machine):
    place = "virtual/nvme-subsystem/nvme-subsys0/nvme0n1"
    machine.device(place, "259:0", queue__rotational="0")
    machine.write("sys/devices/pci0/nvme/nvme0/transport", "pcie")
    machine.link(
        "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0", "sys/devices/pci0/nvme/nvme0"
    )
    machine.link(f"sys/devices/{place}/device", "sys/devices/virtual/nvme-subsystem/nvme-subsys0")
    media = stacked(machine, "259:0")
    assert (media.media, media.leaves[0].transport) == (MediaClass.FLASH, "nvme")


def test_an_nvme_drive_over_tcp_is_network(machine):
    nvme(machine, device__transport="tcp")
    assert stacked(machine, "259:0").media is MediaClass.NETWORK


def test_a_sata_disk_is_a_disk_and_a_sata_ssd_is_flash(machine):
    disk(machine)
    ssd(machine)
    machine.mount("/d", "8:0", "ext4", "/dev/sda")
    machine.mount("/s", "8:16", "ext4", "/dev/sdb")
    assert seen(machine, "/d").media is MediaClass.DISK
    assert seen(machine, "/d").leaves[0].model == "WDC WD40"
    assert seen(machine, "/s").media is MediaClass.FLASH
    assert seen(machine, "/s").leaves[0].transport == "sata"


@pytest.mark.parametrize("flag", ["0", "1"])
def test_a_virtio_disk_is_unknown_whatever_its_flag_says(machine, flag):
    machine.device(VIRTIO, "254:0", queue__rotational=flag, serial="vol-1")
    media = stacked(machine, "254:0")
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.SYSFS)
    assert f"rotational flag ({flag}) discounted" in media.reason
    assert media.leaves[0].serial == "vol-1"


@pytest.mark.parametrize(
    ("vendor", "model"),
    [("QEMU", "QEMU HARDDISK"), ("VMware", "Virtual disk"), ("DELL", "PERC H740P Mini")],
)
def test_a_virtual_disk_and_a_raid_volume_are_unknown(machine, vendor, model):
    disk(machine, device__vendor=vendor, device__model=model)
    media = stacked(machine, "8:0")
    assert media.media is MediaClass.UNKNOWN
    assert model in media.reason


def test_a_cloud_volume_that_poses_as_nvme_is_unknown(machine):
    nvme(machine, device__model="Amazon Elastic Block Store")
    assert stacked(machine, "259:0").media is MediaClass.UNKNOWN


def test_a_drive_that_calls_itself_ssd_and_rotational_is_disputed(machine):
    ssd(machine, queue__rotational="1", device__model="Samsung SSD 870")
    media = stacked(machine, "8:16")
    assert media.media is MediaClass.DISPUTED
    assert "rotational flag 1" in media.reason
    assert "Samsung SSD 870" in media.reason


@pytest.mark.parametrize("place", ["session3", "rport-1:0-2"])
def test_a_drive_behind_iscsi_or_fibre_channel_is_network(machine, place):
    disk(machine, f"platform/host3/{place}/target3:0:0/3:0:0:1/block/sda")
    assert stacked(machine, "8:0").media is MediaClass.NETWORK


def test_a_drive_without_a_flag_is_unknown_and_nothing_is_known(machine):
    machine.device(SSD, "8:16")
    media = stacked(machine, "8:16")
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.NONE)
    assert media.leaves[0].rotational is None


def test_lvm_on_crypt_on_a_partition_leads_to_the_drive(machine):
    nvme(machine)
    part = machine.device(f"{NVME}/nvme0n1p1", "259:1", partition="1")
    crypt = machine.device("virtual/block/dm-0", "252:0", (part,), dm__uuid="CRYPT-LUKS2-x")
    machine.device("virtual/block/dm-1", "252:1", (crypt,), dm__uuid="LVM-x")
    media = stacked(machine, "252:1")
    assert (media.media, names(media)) == (MediaClass.FLASH, ["nvme0n1"])


def test_a_raid_of_equal_drives_names_them_all(machine):
    slaves = (ssd(machine), ssd(machine, SSD.replace("sdb", "sdc"), "8:32"))
    machine.device("virtual/block/md0", "9:0", slaves, md__level="raid1")
    media = stacked(machine, "9:0")
    assert (media.media, names(media)) == (MediaClass.FLASH, ["sdb", "sdc"])


def test_a_raid_of_a_disk_and_an_ssd_is_hybrid(machine):
    machine.device("virtual/block/md0", "9:0", (disk(machine), ssd(machine)))
    media = stacked(machine, "9:0")
    assert media.media is MediaClass.HYBRID
    assert media.reason == "sda is disk, sdb is flash"


def test_a_cache_in_front_of_a_disk_is_hybrid(machine):
    machine.device("virtual/block/bcache0", "251:0", (disk(machine), nvme(machine)))
    assert stacked(machine, "251:0").media is MediaClass.HYBRID


def test_a_mirror_with_an_unknown_half_is_unknown(machine):
    virtual = machine.device(VIRTIO, "254:0", queue__rotational="1")
    machine.device("virtual/block/md0", "9:0", (ssd(machine), virtual))
    media = stacked(machine, "9:0")
    assert media.media is MediaClass.UNKNOWN
    assert media.reason.startswith("vda:")


def test_several_paths_to_one_drive_are_one_leaf(machine):
    place = "pci0000:00/host{0}/port-{0}:0/end_device-{0}:0/target{0}:0:0/{0}:0:0:0/block/{1}"
    paths = (
        ssd(machine, place.format(2, "sdc"), "8:32"),
        ssd(machine, place.format(3, "sdd"), "8:48"),
    )
    multipath = machine.device("virtual/block/dm-0", "252:0", paths, dm__uuid="mpath-36001405")
    machine.device("virtual/block/dm-1", "252:1", (multipath,), dm__uuid="LVM-x")
    media = stacked(machine, "252:1")
    (leaf,) = media.leaves
    assert (leaf.serial, leaf.transport, media.media) == ("36001405", "sas", MediaClass.FLASH)


def test_a_drive_that_two_layers_share_is_named_once(machine):
    drive = ssd(machine)
    parts = tuple(machine.device(f"{SSD}/sdb{i}", f"8:1{i + 6}", partition=str(i)) for i in (1, 2))
    machine.device("virtual/block/dm-0", "252:0", parts)
    assert drive.endswith("sdb")
    assert names(stacked(machine, "252:0")) == ["sdb"]


def test_a_loop_device_leads_to_the_drive_below_its_file(machine):
    disk(machine)
    machine.mount("/", "8:0", "ext4", "/dev/sda")
    machine.write("images/a.img", "")
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/images/a.img")
    media = stacked(machine, "7:0")
    assert (media.media, names(media)) == (MediaClass.DISK, ["sda"])


def test_a_loop_device_of_another_container_is_unknown(machine):
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/out/of/sight.img")
    media = stacked(machine, "7:0")
    assert media.media is MediaClass.UNKNOWN
    assert "out of sight" in media.reason


def test_a_loop_device_in_its_own_file_ends(machine):
    machine.device("virtual/block/loop0", "7:0", loop__backing_file="/data/a.img")
    machine.write("data/a.img", "")
    assert "circular" in stacked(machine, "7:0").reason


def test_an_overlay_is_what_its_upper_folder_is(machine):
    ssd(machine)
    machine.mount("/var", "8:16", "xfs", "/dev/sdb")
    (machine.root / "var/upper").mkdir(parents=True)
    machine.mount("/data", "0:50", "overlay", "overlay", "rw,lowerdir=/l,upperdir=/var/upper")
    assert seen(machine).media is MediaClass.FLASH


def test_an_overlay_on_memory_is_memory(machine):
    machine.mount("/run", "0:22", "tmpfs", "tmpfs")
    (machine.root / "run/upper").mkdir(parents=True)
    machine.mount("/data", "0:50", "overlay", "overlay", "rw,upperdir=/run/upper")
    assert seen(machine).media is MediaClass.MEMORY


def test_an_overlay_whose_upper_folder_a_container_cannot_see_is_unknown(machine):
    machine.mount("/", "0:50", "overlay", "overlay", "rw,upperdir=/var/lib/x/diff")
    media = seen(machine)
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.NONE)
    assert "/var/lib/x/diff" in media.reason


def test_btrfs_names_all_its_members(machine):
    drives = {"sda": disk(machine), "sdb": ssd(machine)}
    for name, folder in drives.items():
        machine.link(f"sys/fs/btrfs/uuid/devices/{name}", folder)
    machine.write("dev/sda", "")
    machine.mount("/data", "0:33", "btrfs", "/dev/sda")
    media = seen(machine)
    assert (media.media, names(media)) == (MediaClass.HYBRID, ["sda", "sdb"])


def test_btrfs_on_a_mapped_device_is_followed_through_the_link(machine):
    mapped = machine.device("virtual/block/dm-0", "252:0", (ssd(machine),))
    machine.link("sys/fs/btrfs/uuid/devices/dm-0", mapped)
    machine.write("dev/dm-0", "")
    machine.link("dev/mapper/root", "dev/dm-0")
    machine.mount("/data", "0:33", "btrfs", "/dev/mapper/root")
    assert names(seen(machine)) == ["sdb"]


def test_zfs_is_found_by_the_labels_that_udev_read(machine):
    disk(machine)
    ssd(machine)
    machine.write("run/udev/data/b8:0", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank")
    machine.write("run/udev/data/b8:16", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=other")
    machine.mount("/data", "0:44", "zfs", "tank/home")
    media = seen(machine)
    assert (media.media, names(media)) == (MediaClass.DISK, ["sda"])


def test_zfs_without_udev_is_unknown(machine):
    machine.mount("/data", "0:44", "zfs", "tank/home")
    media = seen(machine)
    assert media.media is MediaClass.UNKNOWN
    assert "zfs on tank/home" in media.reason


@pytest.mark.parametrize("kind", ["nfs4", "lustre", "ceph", "gpfs", "beegfs", "cifs", "9p"])
def test_a_network_file_system_is_network(machine, kind):
    machine.mount("/data", "0:60", kind, "server:/export")
    media = seen(machine)
    assert media.media is MediaClass.NETWORK
    assert names(media) == ["server:/export"]


@pytest.mark.parametrize("kind", ["tmpfs", "ramfs"])
def test_a_file_system_in_memory_is_memory(machine, kind):
    machine.mount("/data", "0:22", kind, "none")
    assert seen(machine).media is MediaClass.MEMORY


def test_a_compressed_memory_device_is_memory(machine):
    machine.device("virtual/block/zram0", "253:0", queue__rotational="0")
    assert stacked(machine, "253:0").media is MediaClass.MEMORY


def test_an_rbd_image_is_network(machine):
    machine.device("virtual/block/rbd0", "250:0", queue__rotational="0")
    assert stacked(machine, "250:0").media is MediaClass.NETWORK


@pytest.mark.parametrize("name", ["nbd0", "drbd1"])
def test_a_block_device_of_the_network_is_network(machine, name):
    machine.device(f"virtual/block/{name}", "43:0", queue__rotational="0")
    assert stacked(machine, "43:0").media is MediaClass.NETWORK


@pytest.mark.parametrize("kind", ["rdma", "fc", "tcp"])
def test_nvme_over_any_fabric_is_network(machine, kind):
    nvme(machine, device__transport=kind)
    media = stacked(machine, "259:0")
    assert (media.media, media.leaves[0].transport) == (MediaClass.NETWORK, f"nvme-{kind}")


@pytest.mark.parametrize(
    "place", ["vbd-51712/block/xvda", "VMBUS/vmbus0/host0/target0:0:0/0:0:0:0/block/sda"]
)
def test_a_disk_of_xen_or_hyper_v_is_unknown(machine, place):
    machine.device(place.replace("vmbus0", "vmbus_0"), "202:0", queue__rotational="0")
    assert stacked(machine, "202:0").media is MediaClass.UNKNOWN


def test_a_memory_disk_is_memory(machine):
    machine.device("virtual/block/ram0", "1:0", queue__rotational="0")
    assert stacked(machine, "1:0").media is MediaClass.MEMORY


def test_a_usb_disk_and_a_sas_disk_name_their_way(machine):
    disk(machine, "pci0/usb2/2-1/host4/target4:0:0/4:0:0:0/block/sda")
    assert stacked(machine, "8:0").leaves[0].transport == "usb"


def test_a_thin_volume_leads_through_its_pool_to_all_drives(machine):
    data = machine.device("virtual/block/dm-0", "252:0", (ssd(machine),), dm__uuid="LVM-data")
    meta = machine.device("virtual/block/dm-1", "252:1", (nvme(machine),), dm__uuid="LVM-meta")
    pool = machine.device("virtual/block/dm-2", "252:2", (data, meta), dm__uuid="LVM-pool")
    machine.device("virtual/block/dm-3", "252:3", (pool,), dm__uuid="LVM-thin")
    media = stacked(machine, "252:3")
    assert (media.media, names(media)) == (MediaClass.FLASH, ["sdb", "nvme0n1"])


def test_the_drives_own_word_stands_above_sysfs_and_disputes_it(machine):
    ssd(machine)
    machine.mount("/data", "8:16", "ext4", "/dev/sdb")

    def says(media: MediaClass):
        return lambda drive: (claim(media, EvidenceLevel.IDENTIFY),)

    agreed, against, silent = (
        classify(Path("/data"), machine.root, (says(media),))
        for media in (MediaClass.FLASH, MediaClass.DISK, MediaClass.UNKNOWN)
    )
    assert (agreed.media, agreed.level) == (MediaClass.FLASH, EvidenceLevel.IDENTIFY)
    assert against.media is MediaClass.DISPUTED
    assert (silent.media, silent.level) == (MediaClass.FLASH, EvidenceLevel.SYSFS)
    assert "IDENTIFY says unknown" in silent.reason


def test_an_sd_card_is_flash(machine):
    machine.device("platform/mmc0/mmc0:1/block/mmcblk0", "179:0", queue__rotational="0")
    assert stacked(machine, "179:0").media is MediaClass.FLASH


def test_a_mapped_device_without_members_is_unknown(machine):
    machine.device("virtual/block/dm-0", "252:0", queue__rotational="0")
    assert stacked(machine, "252:0").media is MediaClass.UNKNOWN


def test_a_path_that_no_mount_covers_is_unknown(machine):
    assert seen(machine).media is MediaClass.UNKNOWN
    assert filesystem(Path("/data"), machine.root) == "unknown"


def test_the_file_system_is_named(machine):
    machine.mount("/data", "8:0", "xfs", "/dev/sda")
    assert filesystem(Path("/data/x"), machine.root) == "xfs"


def test_this_machine_has_an_answer(tmp_path):
    media = classify(tmp_path)
    assert media.reason
    assert len(media.leaves) > 0


def claim(media: MediaClass, level: EvidenceLevel) -> Claim:
    return Claim(media, level, f"{level.name} says {media}")


def test_the_highest_level_speaks():
    claims = [
        claim(MediaClass.FLASH, EvidenceLevel.SYSFS),
        claim(MediaClass.FLASH, EvidenceLevel.IDENTIFY),
    ]
    assert settle(claims) == claims[1]


def test_evidence_that_contradicts_evidence_is_a_dispute():
    claims = [
        claim(MediaClass.DISK, EvidenceLevel.SYSFS),
        claim(MediaClass.FLASH, EvidenceLevel.IDENTIFY),
    ]
    assert settle(claims).media is MediaClass.DISPUTED


def test_a_declaration_loses_against_evidence_without_a_dispute():
    claims = [
        claim(MediaClass.FLASH, EvidenceLevel.DECLARED),
        claim(MediaClass.DISK, EvidenceLevel.SYSFS),
    ]
    assert settle(claims) == claims[1]


def test_discounted_evidence_contradicts_nothing():
    claims = [
        claim(MediaClass.UNKNOWN, EvidenceLevel.SYSFS),
        claim(MediaClass.FLASH, EvidenceLevel.DECLARED),
    ]
    assert settle(claims) == claims[1]


def test_no_evidence_is_unknown():
    assert settle([]).level is EvidenceLevel.NONE
    assert combine([]).media is MediaClass.UNKNOWN
