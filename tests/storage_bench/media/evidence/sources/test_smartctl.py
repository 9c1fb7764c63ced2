"""Recorded on a virtio disk; the others are synthesised from the shape of smartctl 7.3's JSON."""

import json
from pathlib import Path

import pytest

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import smartctl

RECORDED = Path(__file__).parents[3] / "golden" / "smartctl-7.3-virtio.json"
DISK = {
    "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
    "model_name": "ST6000NM0115-1YZ110",
    "serial_number": "ZAD2JFJ5",
    "wwn": {"naa": 5, "oui": 0x000C50, "id": 0x0A5175C60},
    "rotation_rate": 7200,
}
NVME = {
    "device": {"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
    "serial_number": "Y9SF71LHFWZL",
    "nvme_namespaces": [{"id": 1, "eui64": {"oui": 0x8CE38E, "ext_id": 0x050013B40B}}],
}


def answer(table: object, status: int | None = 0) -> Answer:
    return Answer("smartctl", ("smartctl", "-i", "/dev/sda"), status, json.dumps(table))


def claimed(status: int | None = 0, **changed: object):
    return smartctl.claim(status, json.dumps(DISK | changed))


def test_a_disk_is_read_with_its_number_its_serial_and_its_rate():
    (report,) = smartctl.read(answer(DISK)).reports
    assert report.names == {"5000c500a5175c60", "serial ZAD2JFJ5"}
    assert report.place == "/dev/sda"
    assert [(c.media, c.level) for c in report.claims] == [
        (MediaClass.DISK, EvidenceLevel.IDENTIFY)
    ]


def test_a_sas_drive_has_a_logical_unit_and_an_nvme_drive_its_namespaces():
    sas = {"logical_unit_id": "0x5000cca264d473d4", "rotation_rate": 0}
    assert smartctl.read(answer(sas)).reports[0].names == {"5000cca264d473d4"}
    (report,) = smartctl.read(answer(NVME)).reports
    assert report.names == {"8ce38e050013b40b", "serial Y9SF71LHFWZL"}
    assert report.claims[0].media is MediaClass.UNKNOWN
    assert "need not be flash" in report.claims[0].reason


def test_a_drive_behind_a_card_is_not_the_card():
    behind = {"device": {"name": "/dev/bus/0", "type": "sat+megaraid,7", "protocol": "ATA"}}
    (report,) = smartctl.read(answer(DISK | behind)).reports
    assert report.place == "/dev/bus/0 sat+megaraid,7"


@pytest.mark.parametrize("rate", [1, 1024])
def test_a_reserved_rate_is_unknown(rate):
    assert claimed(rotation_rate=rate).media is MediaClass.UNKNOWN
    assert claimed(rotation_rate=1025).media is MediaClass.DISK


@pytest.mark.parametrize("rate", [None, "7200 rpm", True, 7200.0])
def test_a_rate_of_another_kind_is_unknown(rate):
    assert claimed(rotation_rate=rate).media is MediaClass.UNKNOWN


@pytest.mark.parametrize("model", ["QEMU HARDDISK", "PERC H740P Mini", "LOGICAL VOLUME"])
def test_a_virtual_disk_and_a_raid_volume_cannot_say_how_they_turn(model):
    found = claimed(model_name=model, rotation_rate=0)
    assert found.media is MediaClass.UNKNOWN
    assert model in found.reason


@pytest.mark.parametrize(
    ("status", "media"),
    [(0, MediaClass.DISK), (4, MediaClass.DISK), (0b11111100, MediaClass.DISK),
     (1, MediaClass.UNKNOWN), (2, MediaClass.UNKNOWN), (0b110, MediaClass.UNKNOWN)],
)  # fmt: skip
def test_the_exit_status_is_a_set_of_bits(status, media):
    assert claimed(status).media is media
    assert bool(smartctl.read(answer(DISK, status)).reports) is (media is MediaClass.DISK)


def test_a_file_has_no_exit_status_but_the_one_it_tells():
    assert claimed(None).media is MediaClass.DISK
    assert claimed(None, smartctl={"exit_status": 2}).media is MediaClass.UNKNOWN


def test_the_recorded_answer_about_a_virtio_disk_says_nothing():
    reading = smartctl.read(Answer("smartctl", ("smartctl",), 1, RECORDED.read_text()))
    assert reading.reports == ()
    assert "Unable to detect device type" in reading.remarks[0]


@pytest.mark.parametrize("text", ["", "[]", "rubbish"])
def test_rubbish_is_a_remark(text):
    reading = smartctl.read(Answer("smartctl", ("smartctl",), 0, text))
    assert (reading.reports, reading.remarks) == (
        (), ("smartctl: smartctl's answer is no JSON",)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("version", "media"),
    [({"string": "1.4", "value": 66560}, MediaClass.FLASH), ({"string": "1.3"}, MediaClass.FLASH),
     ({"string": "2.0", "value": 131072}, MediaClass.UNKNOWN), (None, MediaClass.UNKNOWN)],
)  # fmt: skip
def test_an_nvme_drive_is_flash_by_a_version_that_knows_nothing_else(version, media):
    assert smartctl.claim(0, json.dumps(NVME | {"nvme_version": version})).media is media


def test_a_bridge_that_answers_for_its_drive_is_not_believed():
    scsi = {"device": {"name": "/dev/sdb", "protocol": "SCSI"}, "model_name": "JMicron Tech"}
    assert claimed(**scsi).media is MediaClass.UNKNOWN
    assert claimed(model_name="JMicron Tech").media is MediaClass.DISK


def test_an_exit_status_in_a_collection_of_files_is_that_of_each_document():
    failed = {"smartctl": {"exit_status": 2}}
    text = json.dumps(DISK) + "\n" + json.dumps(failed)
    found = smartctl.read(Answer("smartctl", ("all.json",), None, text))
    assert (len(found.reports), len(found.remarks)) == (1, 1)
    assert found.reports[0].place == ""
