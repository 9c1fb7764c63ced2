from dataclasses import replace

import pytest

from storage_bench.workspace.raw_device import Consent, plan, refusals, why_claimed

LINK = "/dev/disk/by-id/ata-CT500MX_1234"
SDB = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb"
CONSENT = Consent(LINK, "naa.5001")


@pytest.fixture
def target(machine):
    """An unused drive sdb with one partition, beside the system's own drive sda."""
    machine.device("pci0000:00/ata1/host0/block/sda", "8:0")
    machine.device("pci0000:00/ata1/host0/block/sda/sda1", "8:1", partition="1")
    machine.mount("/", "8:1", "ext4", "/dev/sda1")
    machine.write("proc/swaps", "Filename Type Size Used Priority")
    machine.device(SDB, "8:16", queue__rotational="0", device__wwid="naa.5001")
    machine.device(f"{SDB}/sdb1", "8:17", partition="1")
    for name in ("sda", "sda1", "sdb", "sdb1"):
        machine.write(f"dev/{name}", "")
    machine.link(LINK.removeprefix("/"), "dev/sdb")
    return machine


def against(machine, consent: Consent = CONSENT, signature: str | None = "") -> tuple[str, ...]:
    """What is said against a confirmed plan."""
    device = machine.root / f"sys/devices/{SDB}"
    confirmed = replace(consent, plan=plan(consent, device))
    return refusals(confirmed, machine.root, lambda node: signature, lambda node: None)


def test_an_unused_drive_may_be_written_when_everything_is_confirmed(target):
    assert against(target) == ()


def test_the_first_step_prints_the_plan_that_the_second_gives_back(target):
    (reason,) = refusals(CONSENT, target.root, lambda node: "", lambda node: None)
    assert reason.endswith(plan(CONSENT, target.root / f"sys/devices/{SDB}"))


def test_a_plan_for_another_drive_or_signature_is_no_plan(target):
    device = target.root / f"sys/devices/{SDB}"
    other = replace(CONSENT, wipe_signature="ext4", plan=plan(CONSENT, device))
    assert "not confirmed" in refusals(other, target.root, lambda node: "", lambda node: None)[0]


@pytest.mark.parametrize("name", ["/dev/sdb", "/dev/mapper/x", "sdb"])
def test_a_name_that_changes_hands_is_refused(target, name):
    assert "is no link below /dev/disk/by-id" in against(target, replace(CONSENT, device=name))[0]


def test_a_link_that_leads_nowhere_is_refused(target):
    gone = replace(CONSENT, device="/dev/disk/by-id/ata-gone")
    assert "leads to no block device" in against(target, gone)[0]


@pytest.mark.parametrize("serial", ["", "naa.5002"])
def test_another_serial_is_refused(target, serial):
    (reason,) = against(target, replace(CONSENT, serial=serial))
    assert reason.startswith("the serial is naa.5001")


def test_a_mounted_partition_protects_the_whole_drive_named_by_its_id(target):
    target.mount("/data", "8:17", "ext4", "/dev/sdb1")
    assert against(target) == ("sdb1 is mounted at /data",)


def test_a_logical_volume_on_a_partition_protects_the_drive(target):
    volume = target.device("virtual/block/dm-0", "252:0", (f"sys/devices/{SDB}/sdb1",))
    target.mount("/data", "252:0", "ext4", "/dev/mapper/vg-lv")
    assert volume.endswith("dm-0")
    assert against(target) == ("sdb1 is held by dm-0", "dm-0 is mounted at /data")


def test_lvm_that_nobody_activated_is_known_by_its_signature(target):
    target.write("run/udev/data/b8:17", "E:ID_FS_TYPE=LVM2_member")
    assert against(target) == ("sdb1 bears the signature LVM2_member",)


@pytest.mark.parametrize("kind", ["zfs_member", "linux_raid_member", "crypto_LUKS", "ext4", "gpt"])
def test_a_signature_on_the_drive_is_refused_unless_it_is_named(target, kind):
    target.write("run/udev/data/b8:16", f"E:ID_PART_TABLE_TYPE={kind}")
    assert against(target) == (f"sdb bears the signature {kind}",)
    assert against(target, replace(CONSENT, wipe_signature=kind)) == ()
    assert len(against(target, replace(CONSENT, wipe_signature="other"))) == 1


def test_what_is_there_now_counts_and_not_only_what_udev_read(target):
    assert against(target, signature="gpt")[0] == "sdb bears the signature gpt"


def test_a_signature_that_cannot_be_looked_for_is_refused(target):
    assert "cannot be told" in against(target, signature=None)[0]


def test_swap_on_a_partition_is_refused(target):
    target.write("proc/swaps", "Filename Type\n/dev/sdb1 partition 1 0 -2")
    assert against(target) == ("sdb1 is swap",)


def test_a_swap_file_on_the_drive_is_refused(target):
    target.mount("/data", "8:17", "ext4", "/dev/sdb1")
    target.write("proc/swaps", "Filename Type\n/data/swap file 1 0 -2")
    assert "the swap file /data/swap lies on sdb" in against(target)


def test_a_member_of_a_mounted_zfs_pool_is_refused(target):
    target.write("run/udev/data/b8:17", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank")
    target.mount("/tank", "0:44", "zfs", "tank")
    assert against(target, replace(CONSENT, wipe_signature="zfs_member")) == (
        "sdb1 is mounted at /tank",
    )


def test_a_member_of_a_mounted_btrfs_is_refused_though_another_member_is_named(target):
    for name in ("sda", "sdb"):
        folder = SDB if name == "sdb" else "pci0000:00/ata1/host0/block/sda"
        target.link(f"sys/fs/btrfs/uuid/devices/{name}", f"sys/devices/{folder}")
    target.mount("/pool", "0:33", "btrfs", "/dev/sda")
    assert against(target) == ("sdb is mounted at /pool",)


def test_the_drive_of_the_running_system_is_never_a_target(target):
    target.mount("/boot", "8:17", "ext4", "/dev/sdb1")
    assert "/boot of the running system lies on sdb" in against(target)


def test_a_partition_beside_the_running_systems_is_refused_too(target):
    target.device(f"{SDB}/sdb2", "8:18", partition="2")
    target.mount("/var", "8:18", "ext4", "/dev/sdb2")
    target.write("dev/sdb1", "")
    (target.root / LINK.removeprefix("/")).unlink()
    target.link(LINK.removeprefix("/"), "dev/sdb1")
    device = target.root / f"sys/devices/{SDB}/sdb1"
    consent = replace(CONSENT, plan=plan(CONSENT, device))
    found = refusals(consent, target.root, lambda node: "", lambda node: None)
    assert found == ("/var of the running system lies on sdb",)


def test_an_array_at_rest_is_refused(target):
    target.write("proc/mdstat", "md0 : inactive sdb1[0](S)")
    assert against(target) == ("sdb1 is a member of an array in /proc/mdstat",)


@pytest.mark.parametrize(
    "place", ["target/core/iblock_0/x/udev_path", "nvmet/subsystems/n/namespaces/1/device_path"]
)
def test_a_drive_that_others_are_served_from_is_refused(target, place):
    target.write(f"sys/kernel/config/{place}", "/dev/sdb")
    assert against(target) == ("sdb is exported to other machines",)


def test_a_drive_that_the_kernel_has_in_use_is_refused(target):
    device = target.root / f"sys/devices/{SDB}"
    consent = replace(CONSENT, plan=plan(CONSENT, device))
    found = refusals(consent, target.root, lambda node: "", lambda node: "Device or resource busy")
    assert found == ("sdb cannot be had alone: Device or resource busy",)


def test_a_node_that_cannot_be_opened_is_not_had(tmp_path):
    (tmp_path / "node").write_text("")
    assert why_claimed(str(tmp_path / "node")) is None
    assert why_claimed(str(tmp_path / "gone")) == "No such file or directory"
