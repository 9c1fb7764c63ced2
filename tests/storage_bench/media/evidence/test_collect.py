import json
import os
import shutil
from pathlib import Path

import pytest

from storage_bench.errors import StorageError
from storage_bench.media.evidence.collect import LSBLK, SCAN, collect
from storage_bench.media.evidence.join import read
from storage_bench.media.evidence.report import Answer, documents
from storage_bench.media.evidence.sources import lsblk

GOLDEN = Path(__file__).parents[2] / "golden"

DISKS = {"blockdevices": [{"name": name, "type": "disk"} for name in ("sda", "nvme0n1", "vda")]}
SCANNED = {
    "devices": [
        {"name": "/dev/sda", "type": "sat"},
        {"name": "/dev/bus/0", "type": "megaraid,4"},
        {"name": "/dev/nvme0", "type": "nvme"},
    ]
}


def asked(answers: dict[tuple[str, ...], object], *, installed: bool = True):
    """Every question that was asked; what has no answer here says `{}`."""
    questions = []

    def by(command):
        questions.append(tuple(command))
        if tuple(command) in answers:
            return 0, json.dumps(answers[tuple(command)])
        return (0, "{}") if installed else None

    return collect(by=by), questions


def test_every_drive_is_asked_once_also_behind_a_card():
    found, questions = asked({LSBLK: DISKS, SCAN: SCANNED})
    assert questions[2:] == [
        ("smartctl", "--json", "-i", "-d", "megaraid,4", "/dev/bus/0"),
        ("smartctl", "--json", "-i", "/dev/nvme0"),
        ("smartctl", "--json", "-i", "/dev/sda"),
        ("smartctl", "--json", "-i", "/dev/vda"),
        ("nvme", "id-ctrl", "/dev/nvme0n1", "--output-format=json"),
        ("nvme", "id-ns", "/dev/nvme0n1", "--output-format=json"),
        ("nvme", "cmdset-ind-id-ns", "/dev/nvme0n1", "--output-format=json"),
    ]  # fmt: skip
    assert [answer.source for answer in found.answers] == [
        "lsblk", *["smartctl"] * 4, *["nvme"] * 3
    ]  # fmt: skip
    assert found.as_root is (os.geteuid() == 0)


def test_a_program_that_is_not_here_is_told_once():
    found, _ = asked({LSBLK: DISKS}, installed=False)
    assert [answer.source for answer in found.answers] == ["lsblk"]
    assert found.remarks == (
        "smartctl is not installed, or did not answer",
        "nvme is not installed, or did not answer",
    )


def test_without_lsblk_there_are_no_names_and_it_is_told():
    found, _ = asked({}, installed=False)
    assert (found.answers, found.remarks) == (
        (), ("lsblk is not installed, or did not answer: drives cannot be named",)
    )  # fmt: skip


def test_the_json_of_other_tools_is_taken_as_it_is(tmp_path):
    path = tmp_path / "drives.json"
    path.write_text('{"a": 1}')
    found = collect([("redfish", path)], by=lambda command: None)
    assert found.answers == (Answer("redfish", ("drives.json",), None, '{"a": 1}'),)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xc3\x28", b"EID:Slt DID State"])
def test_a_file_that_is_no_json_is_refused(tmp_path, content):
    path = tmp_path / "drives.txt"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"is no text|is no JSON"):
        collect([("storcli", path)], by=lambda command: None)
    with pytest.raises(StorageError, match="No such file"):
        collect([("storcli", tmp_path / "absent")], by=lambda command: None)


@pytest.mark.skipif(shutil.which("lsblk") is None, reason="lsblk is not installed")
def test_the_tools_of_this_machine_are_understood():
    found = collect()
    assert found.answers[0].source == "lsblk"
    known, remarks = read([found])
    assert ("lsblk lists no drive" in remarks) is (lsblk.disks(found.answers[0].output) == ())
    assert all(one.names and one.claim.reason for one in known)


def test_a_sata_drive_that_the_scan_lists_as_scsi_is_asked_as_what_it_is():
    text = (GOLDEN / "drives" / "evidence-scan-lists-sata-as-scsi.txt").read_text()
    (scanned,) = documents(text.partition("The product")[0])
    _, questions = asked({LSBLK: DISKS, SCAN: scanned})
    assert [question[2:] for question in questions if "-i" in question] == [
        ("-i", "-d", "megaraid,8", "/dev/bus/0"), ("-i", "/dev/sda"), ("-i", "/dev/sdb"),
        ("-i", "/dev/nvme0n1"), ("-i", "/dev/vda"),
    ]  # fmt: skip
