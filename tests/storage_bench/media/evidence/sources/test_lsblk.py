"""Recorded on a virtio disk; the others are synthesised from the shape of lsblk's JSON."""

import json
from pathlib import Path

import pytest

from storage_bench.media.classes import MediaClass
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import lsblk

RECORDED = Path(__file__).parents[3] / "golden" / "lsblk-2.38-virtio.json"
SSD = {
    "name": "sda", "type": "disk", "rota": False, "tran": "sata", "model": "CT500MX",
    "serial": "1923E2086C5D", "wwn": "0x500a0751e2086c5d", "size": 500107862016,
}  # fmt: skip


def read(*rows: object):
    return lsblk.read(Answer("lsblk", ("lsblk",), 0, json.dumps({"blockdevices": rows})))


def test_a_drive_is_known_by_its_number_and_its_serial_number():
    (report,) = read(SSD).reports
    assert (report.place, report.names) == (
        "/dev/sda", {"500a0751e2086c5d", "serial 1923E2086C5D"}
    )  # fmt: skip
    assert [c.media for c in report.claims] == [MediaClass.FLASH]


@pytest.mark.parametrize(
    ("flag", "media"),
    [("0", MediaClass.FLASH), ("1", MediaClass.DISK), (True, MediaClass.DISK)],
)
def test_old_versions_write_the_flag_as_text(flag, media):
    assert [c.media for c in read(SSD | {"rota": flag, "size": "465.8G"}).reports[0].claims] == [
        media
    ]
    assert read(SSD | {"rota": None}).reports[0].claims == ()


def test_a_raid_volume_and_a_virtual_disk_have_a_flag_that_is_discounted():
    for changed in ({"model": "PERC H740P Mini"}, {"name": "vda"}):
        assert [c.media for c in read(SSD | changed).reports[0].claims] == [MediaClass.UNKNOWN]


def test_only_drives_count():
    partition = {"name": "sda1", "type": "part", "wwn": SSD["wwn"]}
    others = [{"name": "zram0", "type": "disk"}, {"name": "loop0", "type": "loop"},
              {"name": "sr0", "type": "rom"}]  # fmt: skip
    reading = read(SSD | {"children": [partition]}, *others)
    assert [report.place for report in reading.reports] == ["/dev/sda"]
    assert lsblk.disks(json.dumps({"blockdevices": [SSD, *others]})) == ("sda",)


def test_the_recorded_virtio_disk_has_no_identity():
    reading = lsblk.read(Answer("lsblk", ("lsblk",), 0, RECORDED.read_text()))
    assert [(r.place, r.names) for r in reading.reports] == [("/dev/vda", frozenset())]


@pytest.mark.parametrize("text", ["", "[]", '{"blockdevices": null}', '{"blockdevices": []}'])
def test_a_list_without_drives_is_a_remark(text):
    reading = lsblk.read(Answer("lsblk", ("lsblk",), 0, text))
    assert (reading.reports, reading.remarks) == ((), ("lsblk lists no drive",))
    assert lsblk.disks(text) == ()
