"""What pools say they stand on; the answers are synthesised from the shape of the tools' output."""

import json

import pytest

from storage_bench.media.evidence import join
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import SOURCES, members

LSBLK = {
    "blockdevices": [
        {"name": "sda", "type": "disk", "rota": True, "serial": "ZVT00001"},
        {"name": "sdb", "type": "disk", "rota": False, "serial": "S4XXNA0000001"},
        {"name": "nvme0n1", "type": "disk", "rota": False, "wwn": "eui.00253851a1000001"},
    ]
}
LEAVES = {
    "raidz1-0": {
        "vdev_type": "raidz",
        "vdevs": {
            "a": {"vdev_type": "disk", "path": "/dev/disk/by-id/ata-EX_20T_ZVT00001-part1"},
            "b": {"vdev_type": "disk", "path": "/dev/sdb1"},
            "c": {"vdev_type": "disk", "name": "sdz"},
        },
    }
}
ZPOOL = {"pools": {"tank": {"name": "tank", "vdevs": {"tank": {"vdevs": LEAVES}}}}}
LVS = {
    "report": [
        {"lv": [{"lv_name": "data", "vg_name": "vg0", "devices": "/dev/sda(0),/dev/nvme0n1p2(5)"}]}
    ]
}
MDSTAT = "md0 : active raid1 sdb1[1] sda1[0]\n      1046528 blocks [2/2] [UU]\n"
DETAIL = (
    "/dev/md0:\n        Raid Level : raid1\n    Number   Major   Minor   RaidDevice State\n"
    "       0       8        1        0      active sync   /dev/sda1\n"
    "       1       8       17        1      active sync   /dev/sdb1\n"
)
EXPORT = "MD_DEVNAME=md0\nMD_DEVICE_dev_sda1_DEV=/dev/sda1\nMD_DEVICE_dev_sdb1_DEV=/dev/sdb1\n"


def told(source: str, output: object) -> str:
    text = output if isinstance(output, str) else json.dumps(output)
    answers = (
        Answer("lsblk", ("lsblk",), 0, json.dumps(LSBLK)),
        Answer(source, ("file",), None, text),
    )
    found, remarks = join.read([Collection("h", "2026-01-01T00:00:00+00:00", True, answers)])
    assert len(found) == 3
    return remarks[-1]


def test_a_pool_of_zfs_stands_on_the_drives_that_its_leaves_name():
    assert told("zpool", ZPOOL) == (
        "zpool tank stands on 3 drives: 1 disk, 1 flash, 1 not among the answers"
    )


def test_a_logical_volume_stands_on_its_devices():
    assert told("lvm", LVS) == "volume vg0/data stands on 2 drives: 1 disk, 1 flash"
    assert told("lvm", {"report": [{"pv": [{"pv_name": "/dev/sdb", "vg_name": "vg1"}]}]}) == (
        "volume group vg1 stands on 1 drives: 1 flash"
    )


@pytest.mark.parametrize("text", [MDSTAT, DETAIL, EXPORT])
def test_an_array_stands_on_its_members(text):
    assert told("mdadm", text) == "array md0 stands on 2 drives: 1 disk, 1 flash"


@pytest.mark.parametrize("source", ["zpool", "lvm", "mdadm"])
def test_an_answer_of_something_else_is_a_remark(source):
    found = SOURCES[source](Answer(source, ("file",), None, '{"a": 1}'))
    assert (found.wholes, len(found.remarks)) == ((), 1)


@pytest.mark.parametrize(
    ("path", "place", "names"),
    [("/dev/sda1", "/dev/sda", set()), ("nvme0n1p2", "/dev/nvme0n1", set()),
     ("/dev/nvme0n1", "/dev/nvme0n1", set()), ("/dev/dm-0", "/dev/dm-0", set())],
)  # fmt: skip
def test_a_partition_lies_on_its_drive(path, place, names):
    assert (members.member(path).place, members.member(path).names) == (place, names)


@pytest.mark.parametrize(
    ("link", "name"),
    [("wwn-0x5000c500a1b2c3d4-part1", "5000c500a1b2c3d4"),
     ("scsi-35000c500a1b2c3d4", "5000c500a1b2c3d4"),
     ("nvme-eui.00253851a1000001-part2", "00253851a1000001"),
     ("ata-EXAMPLE_20T_ZVT00001", "serial ZVT00001")],
)  # fmt: skip
def test_a_link_by_id_tells_the_identity(link, name):
    assert members.member(f"/dev/disk/by-id/{link}").names == {name}
