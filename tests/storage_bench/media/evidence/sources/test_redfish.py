"""The resources are synthesised after the Drive and Volume schemas of DMTF's Redfish."""

import json

import pytest

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import redfish


def drive(number: int, **changed: object) -> dict[str, object]:
    return {
        "@odata.id": f"/redfish/v1/Systems/1/Storage/1/Drives/{number}",
        "@odata.type": "#Drive.v1_18_0.Drive",
        "MediaType": "SSD",
        "SerialNumber": f"S3W1NA0M70000{number}",
        "Identifiers": [{"DurableName": f"5000039B28119BF{number}", "DurableNameFormat": "NAA"}],
        "Status": {"State": "Enabled"},
    } | changed


def volume(*numbers: int) -> dict[str, object]:
    links = [{"@odata.id": drive(number)["@odata.id"]} for number in numbers]
    return {
        "@odata.type": "#Volume.v1_4_0.Volume",
        "Identifiers": [{"DurableName": "600508b1001c1a2b", "DurableNameFormat": "NAA"}],
        "Links": {"Drives": links},
    }


def read(value: object):
    return redfish.read(Answer("redfish", ("file",), None, json.dumps(value)))


def about_volume(*resources: dict[str, object]):
    (found,) = (r for r in read(resources).reports if r.names == {"600508b1001c1a2b"})
    return found.claims[0]


@pytest.mark.parametrize(
    ("kind", "rpm", "media"),
    [("SSD", None, MediaClass.FLASH), ("SSD", 0, MediaClass.FLASH), ("HDD", 7200, MediaClass.DISK),
     ("HDD", None, MediaClass.DISK), ("SMR", None, MediaClass.DISK),
     (None, 10000.0, MediaClass.DISK), ("SSD", 7200, MediaClass.DISPUTED),
     (None, None, MediaClass.UNKNOWN),
     (None, 0, MediaClass.UNKNOWN), ("Tape", None, MediaClass.UNKNOWN)],
)  # fmt: skip
def test_media_type_and_rotation_speed(kind, rpm, media):
    found = redfish.claim(drive(1, MediaType=kind, RotationSpeedRPM=rpm))
    assert (found.media, found.level) == (media, EvidenceLevel.CONTROLLER)


def test_drives_are_found_at_any_depth_with_number_and_serial():
    (report,) = read({"Members": [{"Storage": {"Drives": [drive(1)]}}]}).reports
    assert report.names == {"5000039b28119bf1", "serial S3W1NA0M700001"}


def test_an_empty_bay_and_a_mere_link_are_no_drives():
    empty = drive(1, Status={"State": "Absent"})
    found = read([empty, {"@odata.id": "/redfish/v1/Systems/1/Storage/1/Drives/2"}])
    assert (found.reports, found.remarks) == (
        (), ("no Redfish resource of type Drive or Volume is in it",)
    )  # fmt: skip


def test_a_drive_without_an_identity_joins_nothing_and_is_told():
    found = read(drive(1, SerialNumber=None, Identifiers=[]))
    assert (found.reports, found.remarks) == ((), ("1 Redfish resources have no identity",))


def test_a_volume_is_what_its_drives_are():
    disk = drive(2, MediaType="HDD")
    assert about_volume(volume(1), drive(1)).media is MediaClass.FLASH
    assert about_volume(volume(1, 2), drive(1), disk).media is MediaClass.HYBRID
    assert about_volume(volume(2), disk).media is MediaClass.DISK


def test_a_volume_with_a_drive_that_is_missing_or_not_clear_is_unknown():
    assert about_volume(volume(1, 2), drive(1)).media is MediaClass.UNKNOWN
    assert about_volume(volume(), drive(1)).media is MediaClass.UNKNOWN
    # Two servers use the same path: whose drive is meant cannot be told.
    other = drive(1, SerialNumber="ANOTHER0001", MediaType="HDD")
    assert about_volume(volume(1), drive(1), other).media is MediaClass.UNKNOWN
    assert about_volume(volume(1), drive(1, MediaType=None)).media is MediaClass.UNKNOWN


ILO4 = {"Type": "HpSmartStorageDiskDrive.1.0.0", "MediaType": "HDD", "RotationalSpeedRpm": 10000,
        "SerialNumber": "S0K0ABCD0000K4200001", "TransferSpeedMbps": 6000,
        "InterfaceSpeedMbps": 12000, "PowerOnHours": 100}  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [{}, {"@odata.type": "#HpSmartStorageDiskDrive.HpSmartStorageDiskDrive"},
     {"@odata.type": "#HpeSmartStorageDiskDrive.v2_1_0.HpeSmartStorageDiskDrive"}],
)  # fmt: skip
def test_the_drives_of_ilo_are_read_in_both_generations(typed):
    (report,) = read(ILO4 | typed).reports
    assert [claim.media for claim in report.claims] == [MediaClass.DISK]
    assert (report.condition.power_on_hours, report.condition.link_gbps) == (100, 6.0)
    assert report.condition.link_max_gbps == 12.0
    assert redfish.claim(ILO4 | {"MediaType": "SSD"}).media is MediaClass.DISPUTED
    assert read(ILO4 | typed | {"Status": {"State": "Absent"}}).reports == ()


def test_a_logical_drive_of_ilo_is_known_by_the_number_that_the_system_sees():
    volume = {
        "@odata.type": "#HpeSmartStorageLogicalDrive.v2_3_0.HpeSmartStorageLogicalDrive",
        "MediaType": "SSD",
        "VolumeUniqueIdentifier": "600508B1001C1A2B3C4D5E6F70819203",
    }
    (report,) = read(volume).reports
    assert report.names == {"600508b1001c1a2b3c4d5e6f70819203"}
    assert [claim.media for claim in report.claims] == [MediaClass.FLASH]


def test_a_volume_finds_its_drives_in_other_answers():
    answers = [Answer("redfish", ("f",), None, json.dumps(one)) for one in (volume(1), drive(1))]
    (found,) = (r for r in redfish.read(*answers).reports if r.names == {"600508b1001c1a2b"})
    assert found.claims[0].media is MediaClass.FLASH
    (alone,) = redfish.read(answers[0]).reports
    assert alone.claims[0].media is MediaClass.UNKNOWN
