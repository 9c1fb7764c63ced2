"""The answers are synthesised from the shape of storcli64 007's JSON."""

import json

import pytest

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import storcli

SUCCESS = {"Controller": 0, "Status": "Success", "Description": "None"}


def slot(number: int, med: str = "SSD") -> dict[str, object]:
    return {"EID:Slt": f"8:{number}", "State": "Onln", "Med": med, "Size": "446.625 GB"}


def drive(number: int, med: str = "SSD", **about: str) -> dict[str, object]:
    key = f"Drive /c0/e8/s{number}"
    known = {"SN": f"        S45PNA0M62860{number}", "WWN": f"5002538E0914276{number}"} | about
    return {
        key: [slot(number, med)],
        f"{key} - Detailed Information": {f"{key} Device attributes": known},
    }


def volume(*members: dict[str, object]) -> dict[str, object]:
    return {
        "/c0/v0": [{"DG/VD": "0/0", "TYPE": "RAID1"}],
        "PDs for VD 0": list(members),
        "VD0 Properties": {"SCSI NAA Id": "600605b010e943702a3372bf4d29f6a7"},
    }


def read(data: object, status: dict[str, object] = SUCCESS):
    table = {"Controllers": [{"Command Status": status, "Response Data": data}]}
    return storcli.read(Answer("storcli", ("file",), None, json.dumps(table)))


@pytest.mark.parametrize(
    ("med", "media"),
    [("SSD", MediaClass.FLASH), ("HDD", MediaClass.DISK), ("-", MediaClass.UNKNOWN),
     ("TAPE", MediaClass.UNKNOWN)],
)  # fmt: skip
def test_the_column_med_tells_the_medium(med, media):
    (report,) = read(drive(1, med)).reports
    assert report.names == {"5002538e09142761", "serial S45PNA0M628601"}
    assert [(c.media, c.level) for c in report.claims] == [(media, EvidenceLevel.CONTROLLER)]


def test_a_volume_is_known_by_the_number_that_the_system_sees():
    (report,) = read(volume(slot(1), slot(2))).reports
    assert report.names == {"600605b010e943702a3372bf4d29f6a7"}
    assert report.claims[0].media is MediaClass.FLASH


@pytest.mark.parametrize(
    ("members", "media"),
    [((slot(1), slot(2, "HDD")), MediaClass.HYBRID), ((slot(1, "HDD"),), MediaClass.DISK),
     ((slot(1), slot(2, "-")), MediaClass.UNKNOWN), ((), MediaClass.UNKNOWN)],
)  # fmt: skip
def test_a_volume_is_flash_only_if_all_its_drives_are(members, media):
    assert read(volume(*members)).reports[0].claims[0].media is media


def test_drives_without_the_detailed_table_join_nothing():
    found = read({"Drive /c0/e8/s1": [slot(1)]})
    assert (found.reports, found.remarks) == (
        (), ("1 drives without an identity (`show all J` has it)",)
    )  # fmt: skip


def test_a_controller_that_failed_is_told_and_not_read():
    found = read(drive(1), {"Controller": 1, "Status": "Failure", "Description": "not found"})
    assert (found.reports, found.remarks) == ((), ("controller 1 did not answer: not found",))


@pytest.mark.parametrize("text", ["{}", "[]", '{"Controllers": []}'])
def test_what_is_not_storclis_is_a_remark(text):
    found = storcli.read(Answer("storcli", ("file",), None, text))
    assert found.reports == ()
    assert "no controller is in it" in found.remarks[0]


def test_a_list_without_details_is_told_to_lack_identities():
    found = read({"PD LIST": [slot(1), slot(2)]})
    assert (found.reports, found.remarks) == (
        (), ("2 drives without an identity (`show all J` has it)",)
    )  # fmt: skip


def test_a_volume_of_storcli2_is_what_its_drives_are():
    def volume_of(*members):
        number = {"SCSI NAA Id": "600062b20a1b2c3d0000000000000001"}
        return {"Virtual Drives": [{"VD Info": {}, "PDs": [*members], "VD Properties": number}]}

    (flash,) = read(volume_of(slot(1), slot(2))).reports
    (hybrid,) = read(volume_of(slot(1), slot(2, "HDD"))).reports
    assert flash.claims[0].media is MediaClass.FLASH
    assert hybrid.claims[0].media is MediaClass.HYBRID
