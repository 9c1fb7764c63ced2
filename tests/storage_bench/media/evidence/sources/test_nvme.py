"""The answers are synthesised from the shape of nvme-cli 2.3's JSON."""

import json

import pytest

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import Answer, integer
from storage_bench.media.evidence.sources import nvme

CONTROLLER = {"sn": "S7BFNG0W600310      ", "mn": "PM9A3", "tnvmcap": "7,521,470,078,976"}
NAMESPACE = {"nsze": 1875385008, "nsfeat": 16, "eui64": "0025385c71b0f0b5", "nguid": "0" * 32}


def reading(table: object, status: int | None = 0):
    command = ("nvme", "id-ns", "/dev/nvme0n1", "--output-format=json")
    return nvme.read(Answer("nvme", command, status, json.dumps(table)))


def test_controller_and_namespace_tell_who_the_drive_is_and_not_what():
    (controller,), (namespace,) = reading(CONTROLLER).reports, reading(NAMESPACE).reports
    assert (controller.names, controller.claims) == ({"serial S7BFNG0W600310"}, ())
    # NSFEAT of `id-ns` has another bit 4; and an identifier of zeros is none.
    assert (namespace.names, namespace.claims) == ({"0025385c71b0f0b5"}, ())
    assert controller.place == namespace.place == "/dev/nvme0n1"


@pytest.mark.parametrize(
    ("features", "media"),
    [
        (0, MediaClass.FLASH),
        (16, MediaClass.DISK),
        ("0x1f", MediaClass.DISK),
        (15, MediaClass.FLASH),
    ],
)
def test_the_independent_identify_data_have_the_bit(features, media):
    (report,) = reading({"nsfeat": features}).reports
    assert [(c.media, c.level) for c in report.claims] == [(media, EvidenceLevel.IDENTIFY)]


@pytest.mark.parametrize("features", [None, "x", [16], True])
def test_a_bit_that_cannot_be_read_is_unknown(features):
    assert nvme.claim(0, json.dumps({"nsfeat": features})).media is MediaClass.UNKNOWN
    assert nvme.claim(1, json.dumps({"nsfeat": 0})).media is MediaClass.UNKNOWN


def test_a_command_that_failed_says_nothing():
    found = reading({"nsfeat": 0}, status=1)
    assert found.reports == ()
    assert found.remarks == ("nvme id-ns /dev/nvme0n1 --output-format=json: nothing was answered",)


@pytest.mark.parametrize(
    ("written", "value"),
    [("7,521,470,078,976", 7521470078976), (5, 5), (5.0, 5), ("0x10", 16), (5.5, None),
     ("5 GB", None), (True, None), (None, None)],
)  # fmt: skip
def test_a_number_may_have_separators_of_thousands(written, value):
    assert integer(written) == value


@pytest.mark.parametrize(
    ("version", "media"),
    [(0x10400, MediaClass.FLASH), ("66560", MediaClass.FLASH), (0, MediaClass.FLASH),
     (0x1FFFF, MediaClass.FLASH), (0x20000, MediaClass.UNKNOWN), (0x20100, MediaClass.UNKNOWN),
     (None, MediaClass.UNKNOWN)],
)  # fmt: skip
def test_before_version_2_nothing_rotates(version, media):
    (report,) = reading(CONTROLLER | {"ver": version}).reports
    assert [(c.media, c.level) for c in report.claims] == [(media, EvidenceLevel.IDENTIFY)]


@pytest.mark.parametrize(
    "changed",
    [{"mn": "Amazon Elastic Block Store"}, {"mn": "My Disk", "vid": 0x1B36}, {"mn": "Linux"}],
)
def test_a_controller_that_somebody_emulates_says_nothing_by_its_version(changed):
    (report,) = reading(CONTROLLER | {"ver": 0x10400} | changed).reports
    assert [claim.media for claim in report.claims] == [MediaClass.UNKNOWN]


def test_a_list_of_drives_tells_no_medium_and_what_to_save_instead():
    assert "id-ctrl" in reading({"Devices": [{"SerialNumber": "S7BFNG0W600310"}]}).remarks[0]
