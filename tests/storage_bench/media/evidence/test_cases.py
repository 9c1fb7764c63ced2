"""Answers of drives and controllers; only their structure is real, all names are made up."""

import json
import shutil
from pathlib import Path

import pytest

from storage_bench.errors import StorageError
from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.evidence import collection, files, join
from storage_bench.media.evidence.collect import collect
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import documents

CASES = Path(__file__).parents[2] / "golden" / "drives"
FLASH, DISK, UNKNOWN = MediaClass.FLASH, MediaClass.DISK, MediaClass.UNKNOWN
IDENTIFY, CONTROLLER = EvidenceLevel.IDENTIFY, EvidenceLevel.CONTROLLER


def known(name: str) -> tuple[join.Known, ...]:
    return join.read([collection.load(CASES / name)])[0]


@pytest.mark.parametrize(
    ("name", "media", "level"),
    [
        ("evidence-wwn-placeholder-5-0-0.json", [FLASH, FLASH, DISK], IDENTIFY),
        ("evidence-nvme-before-2.0.json", [FLASH], IDENTIFY),
        ("evidence-usb-ssd.json", [FLASH], IDENTIFY),
        ("evidence-raid-model-ucsc.json", [FLASH], CONTROLLER),
        ("evidence-raid-model-lenovo.json", [FLASH], CONTROLLER),
        ("evidence-fc-lun-of-flash-array.json", [MediaClass.NETWORK], EvidenceLevel.SYSFS),
        ("evidence-redfish-one-resource-a-file.json", [FLASH] * 3, CONTROLLER),
        ("evidence-redfish-hpe-smartstorage.json", [FLASH], CONTROLLER),
        ("evidence-seagate-sas-long-serial.json", [DISK], IDENTIFY),
        ("evidence-smartctl-intel-rst-volume.json", [UNKNOWN], IDENTIFY),
        ("evidence-ceph-virtual-disk.json", [UNKNOWN] * 2, EvidenceLevel.SYSFS),
        ("evidence-alibaba-cloud-nvme.json", [UNKNOWN], EvidenceLevel.SYSFS),
        ("evidence-storcli2-drives.json", [DISK, FLASH], CONTROLLER),
        ("evidence-storcli-hba-show-all.json", [DISK], CONTROLLER),
    ],
)
def test_what_an_answer_says_of_each_drive(name, media, level):
    found = known(name)
    assert [one.claim.media for one in found] == media
    assert {one.claim.level for one in found} == {level}


def test_drives_whose_serial_numbers_are_masked_have_no_identity_and_it_is_told():
    found, remarks = join.read([collection.load(CASES / "evidence-serials-masked.json")])
    assert found == ()
    assert "2 drives have neither" in remarks[0]
    assert "masked" in remarks[0]


def test_a_virtual_disk_of_ceph_is_known_by_its_number_as_lsblk_tells_it():
    first, second = known("evidence-ceph-virtual-disk.json")
    assert first.names == {"60022480a0b1c2d3e4f5061728394a5b"}
    assert "virtual" in first.claim.reason
    assert "virtio" in second.claim.reason


def passed(*paths: Path, source: str = "redfish") -> Collection:
    return collect([(source, path) for path in paths], by=lambda command: None)


@pytest.mark.parametrize(
    ("name", "drives"), [("redfish-file-utf16.json", 1), ("redfish-file-concatenated.json", 2)]
)
def test_a_file_of_powershell_and_one_of_several_documents_are_read(name, drives):
    found, _ = join.read([passed(CASES / name)])
    assert [one.claim.media for one in found] == [FLASH] * drives


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    (tmp_path / "x.json").write_text('{"a": "盘"}', encoding=encoding)
    assert files.read("redfish", tmp_path / "x.json").output == '{"a": "盘"}'


def test_a_mock_up_of_redfish_is_read_as_a_folder(tmp_path):
    answers = collection.load(CASES / "evidence-redfish-one-resource-a-file.json").answers
    for number, answer in enumerate(answers):
        folder = tmp_path / "redfish" / str(number)
        folder.mkdir(parents=True)
        (folder / "index.json").write_text(answer.output)
    (tmp_path / "redfish" / "odata.json").write_text("no JSON")
    found, _ = join.read([passed(tmp_path / "redfish")])
    assert [one.claim.media for one in found] == [FLASH] * 3
    shutil.rmtree(tmp_path / "redfish" / "1")
    found, _ = join.read([passed(tmp_path / "redfish")])
    assert sorted(one.claim.media for one in found) == [FLASH, UNKNOWN]


def test_a_collection_that_powershell_saved_is_read(tmp_path):
    text = (CASES / "evidence-usb-ssd.json").read_text()
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "x.json").write_text(text, encoding=encoding)
        assert collection.load(tmp_path / "x.json").host == "host-a"


def test_documents_are_read_between_prompts_and_a_broken_one_is_refused(tmp_path):
    one = (CASES / "redfish-file-concatenated.json").read_text().splitlines()
    (tmp_path / "x.json").write_text(f"[root@bmc]# curl a\n{one[0]}\n[root@bmc]# curl b\n{one[1]}")
    assert len(join.read([passed(tmp_path / "x.json")])[0]) == 2
    (tmp_path / "x.json").write_text(f"{one[0]}\n{one[1][:40]}")
    with pytest.raises(StorageError, match="is no JSON"):
        passed(tmp_path / "x.json")


def test_smartctl_of_two_hosts_in_files_is_of_two_drives_at_one_device_name(tmp_path):
    for name, rate in (("ZVT00001", 7200), ("S4XXNA0000001", 0)):
        told = {"device": {"name": "/dev/sda"}, "serial_number": name, "rotation_rate": rate}
        (tmp_path / f"{name}.json").write_text(json.dumps(told))
    paths = sorted(tmp_path.glob("*.json"))
    found, _ = join.read([passed(*paths, source="smartctl")])
    assert [one.claim.media for one in found] == [FLASH, DISK]


@pytest.mark.parametrize(
    ("text", "count"),
    [(" \n" * 200_000 + '{"a": 1}', 1), (" " * 400_000 + '{"a": 1}', 1), ("]" * 400_000, 0),
     ('{"a": ' * 50_000, 0), ("noise\n" * 100_000, 0), ('{}{}\n[], {"a": 1}', 4)],
    ids=["blank lines", "blanks", "brackets", "deep", "noise", "side by side"],
)  # fmt: skip
@pytest.mark.timeout(10)
def test_a_file_of_a_stranger_is_read_in_bounded_time(text, count):
    assert len(documents(text)) == count
