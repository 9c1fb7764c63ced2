"""What a single drive, or a file system without one, is taken for."""

from pathlib import Path

import pytest

from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass, combine, settle
from storage_bench.media.classify import classify, filesystem

DISK = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
SSD = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb"
NVME = "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1"
VIRTIO = "pci0000:00/0000:00:02.0/virtio1/block/vda"


def test_a_partition_of_an_nvme_drive_is_flash(machine):
    machine.nvme(size="4000")
    machine.device(f"{NVME}/nvme0n1p2", "259:2", partition="2")
    media = machine.stacked("259:2")
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
    media = machine.stacked("259:0")
    assert (media.media, media.leaves[0].transport) == (MediaClass.FLASH, "nvme")


def test_an_nvme_drive_over_tcp_is_network(machine):
    machine.nvme(device__transport="tcp")
    assert machine.stacked("259:0").media is MediaClass.NETWORK


def test_a_sata_disk_is_a_disk_and_a_sata_ssd_is_flash(machine):
    machine.disk()
    machine.ssd()
    machine.mount("/d", "8:0", "ext4", "/dev/sda")
    machine.mount("/s", "8:16", "ext4", "/dev/sdb")
    assert machine.seen("/d").media is MediaClass.DISK
    assert machine.seen("/d").leaves[0].model == "WDC WD40"
    assert machine.seen("/s").media is MediaClass.FLASH
    assert machine.seen("/s").leaves[0].transport == "sata"


@pytest.mark.parametrize("flag", ["0", "1"])
def test_a_virtio_disk_is_unknown_whatever_its_flag_says(machine, flag):
    machine.device(VIRTIO, "254:0", queue__rotational=flag, serial="vol-1")
    media = machine.stacked("254:0")
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.SYSFS)
    assert f"rotational flag ({flag}) discounted" in media.reason
    assert media.leaves[0].serial == "vol-1"


@pytest.mark.parametrize(
    ("vendor", "model"),
    [("QEMU", "QEMU HARDDISK"), ("VMware", "Virtual disk"), ("DELL", "PERC H740P Mini")],
)
def test_a_virtual_disk_and_a_raid_volume_are_unknown(machine, vendor, model):
    machine.disk(device__vendor=vendor, device__model=model)
    media = machine.stacked("8:0")
    assert media.media is MediaClass.UNKNOWN
    assert model in media.reason


def test_a_cloud_volume_that_poses_as_nvme_is_unknown(machine):
    machine.nvme(device__model="Amazon Elastic Block Store")
    assert machine.stacked("259:0").media is MediaClass.UNKNOWN


def test_a_drive_that_calls_itself_ssd_and_rotational_is_disputed(machine):
    machine.ssd(queue__rotational="1", device__model="Samsung SSD 870")
    media = machine.stacked("8:16")
    assert media.media is MediaClass.DISPUTED
    assert "rotational flag 1" in media.reason
    assert "Samsung SSD 870" in media.reason


@pytest.mark.parametrize("place", ["session3", "rport-1:0-2"])
def test_a_drive_behind_iscsi_or_fibre_channel_is_network(machine, place):
    machine.disk(f"platform/host3/{place}/target3:0:0/3:0:0:1/block/sda")
    assert machine.stacked("8:0").media is MediaClass.NETWORK


def test_a_drive_without_a_flag_is_unknown_and_nothing_is_known(machine):
    machine.device(SSD, "8:16")
    media = machine.stacked("8:16")
    assert (media.media, media.level) == (MediaClass.UNKNOWN, EvidenceLevel.NONE)
    assert media.leaves[0].rotational is None


@pytest.mark.parametrize("kind", ["nfs4", "lustre", "ceph", "gpfs", "beegfs", "cifs", "9p"])
def test_a_network_file_system_is_network(machine, kind):
    machine.mount("/data", "0:60", kind, "server:/export")
    media = machine.seen()
    assert media.media is MediaClass.NETWORK
    assert machine.names(media) == ["server:/export"]


@pytest.mark.parametrize("kind", ["tmpfs", "ramfs"])
def test_a_file_system_in_memory_is_memory(machine, kind):
    machine.mount("/data", "0:22", kind, "none")
    assert machine.seen().media is MediaClass.MEMORY


def test_a_compressed_memory_device_is_memory(machine):
    machine.device("virtual/block/zram0", "253:0", queue__rotational="0")
    assert machine.stacked("253:0").media is MediaClass.MEMORY


def test_an_rbd_image_is_network(machine):
    machine.device("virtual/block/rbd0", "250:0", queue__rotational="0")
    assert machine.stacked("250:0").media is MediaClass.NETWORK


@pytest.mark.parametrize("name", ["nbd0", "drbd1"])
def test_a_block_device_of_the_network_is_network(machine, name):
    machine.device(f"virtual/block/{name}", "43:0", queue__rotational="0")
    assert machine.stacked("43:0").media is MediaClass.NETWORK


@pytest.mark.parametrize("kind", ["rdma", "fc", "tcp"])
def test_nvme_over_any_fabric_is_network(machine, kind):
    machine.nvme(device__transport=kind)
    media = machine.stacked("259:0")
    assert (media.media, media.leaves[0].transport) == (MediaClass.NETWORK, f"nvme-{kind}")


@pytest.mark.parametrize(
    "place", ["vbd-51712/block/xvda", "VMBUS/vmbus0/host0/target0:0:0/0:0:0:0/block/sda"]
)
def test_a_disk_of_xen_or_hyper_v_is_unknown(machine, place):
    machine.device(place.replace("vmbus0", "vmbus_0"), "202:0", queue__rotational="0")
    assert machine.stacked("202:0").media is MediaClass.UNKNOWN


def test_a_memory_disk_is_memory(machine):
    machine.device("virtual/block/ram0", "1:0", queue__rotational="0")
    assert machine.stacked("1:0").media is MediaClass.MEMORY


def test_a_usb_disk_and_a_sas_disk_name_their_way(machine):
    machine.disk("pci0/usb2/2-1/host4/target4:0:0/4:0:0:0/block/sda")
    assert machine.stacked("8:0").leaves[0].transport == "usb"


def test_the_drives_own_word_stands_above_sysfs_and_disputes_it(machine):
    machine.ssd()
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
    assert machine.stacked("179:0").media is MediaClass.FLASH


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


def claimed(media: MediaClass, level: EvidenceLevel = EvidenceLevel.IDENTIFY) -> Claim:
    return Claim(media, level, f"{level.name.lower()} says {media}")


def test_where_bytes_lie_does_not_dispute_what_they_lie_on():
    lun = claimed(MediaClass.NETWORK, EvidenceLevel.SYSFS)
    found = settle([lun, claimed(MediaClass.FLASH)])
    assert (found.media, found.level) == (MediaClass.NETWORK, EvidenceLevel.SYSFS)
    assert "identify says flash, which is the server's word" in found.reason
    held = settle([lun, claimed(MediaClass.FLASH, EvidenceLevel.CONTROLLER)])
    assert (held.media, held.level) == (MediaClass.FLASH, EvidenceLevel.CONTROLLER)
    apart = settle([claimed(MediaClass.DISK, EvidenceLevel.SYSFS), claimed(MediaClass.FLASH)])
    assert apart.media is MediaClass.DISPUTED


def test_the_flag_of_a_usb_disk_is_not_believed(machine):
    for flag in "01":
        machine.device(
            f"pci0000:00/usb1/1-1/host0/target0:0:0/0:0:0:0/block/sd{'ab'[int(flag)]}",
            f"8:{int(flag) * 16}", queue__rotational=flag, device__model="Elements",
        )  # fmt: skip
        machine.mount(f"/usb{flag}", f"8:{int(flag) * 16}", "ext4", "/dev/x")
        found = classify(Path(f"/usb{flag}/x"), machine.root)
        assert found.media is MediaClass.UNKNOWN
        assert "USB bridge" in found.reason
