"""The answers are synthesised from the shape of `ceph osd metadata -f json`."""

import json

import pytest

from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass, settle
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import ceph

OSD = {
    "id": 3,
    "rotational": "0",
    "bluestore_bdev_rotational": "0",
    "default_device_class": "ssd",
    "device_ids": "sdb=SAMSUNG_MZ7LH480HAHQ_S45PNA0M628601",
}


def read(*osds: dict[str, object]):
    return ceph.read(Answer("ceph", ("file",), None, json.dumps(osds)))


def test_flag_and_class_are_weak_claims():
    (report,) = read(OSD).reports
    assert report.names == {"serial S45PNA0M628601"}
    assert [(c.media, c.level) for c in report.claims] == [
        (MediaClass.FLASH, EvidenceLevel.SYSFS), (MediaClass.FLASH, EvidenceLevel.DECLARED)
    ]  # fmt: skip


def test_an_admins_class_loses_against_the_flag_and_both_against_the_drive():
    claims = ceph.claims(OSD | {"bluestore_bdev_rotational": "1"})
    assert settle(claims).media is MediaClass.DISK
    drive = Claim(MediaClass.FLASH, EvidenceLevel.IDENTIFY, "the drive says 0 rpm")
    assert settle((*claims, drive)).media is MediaClass.DISPUTED
    assert settle((claims[1], Claim(MediaClass.DISK, drive.level, ""))).media is MediaClass.DISK


@pytest.mark.parametrize(
    "changed", [{"bluestore_bdev_rotational": "?"}, {"default_device_class": "fast"}]
)
def test_what_is_neither_flag_nor_known_class_claims_nothing(changed):
    assert len(ceph.claims(OSD | changed)) == 1


def test_of_several_drives_the_one_with_the_data_counts():
    both = {"device_ids": "nvme0n1=KXG6_Y9SF71LHFWZL,sdb=ST6000NM_ZAD2JFJ5"}
    assert read(OSD | both).remarks == ("osd.3: which drive holds its data is not told",)
    (report,) = read(OSD | both | {"bluestore_bdev_devices": "sdb"}).reports
    assert report.names == {"serial ZAD2JFJ5"}


def test_an_osd_over_two_drives_or_none_joins_nothing():
    for changed in ({"device_ids": ""}, {"bluestore_bdev_devices": "sdb,sdc"}):
        assert read(OSD | changed).reports == ()


def test_an_empty_answer_is_a_remark():
    assert read().remarks == ("no OSD is in it (wanted `ceph osd metadata -f json`)",)


DEVICE = {"devid": "SEAGATE_ST10_ZA260001", "daemons": ["osd.0"], "location": [{"dev": "sda"}]}
USED = {"nodes": [{"id": 0, "device_class": "hdd", "type": "osd"}]}


def told(*tables):
    return ceph.read(*(Answer("ceph", ("file",), None, json.dumps(table)) for table in tables))


def test_device_ls_names_the_drives_and_osd_df_their_class():
    (report,) = told([DEVICE], USED).reports
    assert report.names == {"serial ZA260001"}
    assert [(c.media, c.level) for c in report.claims] == [
        (MediaClass.DISK, EvidenceLevel.DECLARED)
    ]


def test_the_class_of_an_osd_on_two_drives_says_nothing_of_either():
    database = DEVICE | {"devid": "KXG6_Y9SF71LHFWZL"}
    assert [report.claims for report in told([DEVICE, database], USED).reports] == [(), ()]


def test_osd_df_alone_names_no_drive_and_it_is_told():
    found = told(USED)
    assert (found.reports, "device ls" in found.remarks[0]) == ((), True)


def test_a_drive_behind_a_raid_card_is_hidden_from_ceph():
    (report,) = told(
        [DEVICE | {"devid": "DELL_PERC_H740P_600605b00a1b2c3d0000000000000001"}]
    ).reports
    assert [claim.media for claim in report.claims] == [MediaClass.UNKNOWN]
