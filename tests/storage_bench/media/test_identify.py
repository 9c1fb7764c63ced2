"""The answers are synthesised from the documented shape of the tools' JSON."""

import json

import pytest

from storage_bench.media import identify
from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.drive import Drive

SATA = Drive("sda", "WDC", "naa.5001", 4 * 10**12, "sata", True, None)
NVME = Drive("nvme0n1", "MZQL23T8", "eui.0025", 4 * 10**12, "nvme", False, None)


def answering(**answers: tuple[int, object]):
    """A machine whose programs answer so; what is not named is not installed."""

    def by(command):
        if command[0] not in answers:
            return None
        status, value = answers[command[0]]
        return status, value if isinstance(value, str) else json.dumps(value)

    return by


def claim(drive: Drive, **answers: tuple[int, object]):
    (found,) = identify.claims(drive, answering(**answers))
    return found


@pytest.mark.parametrize(
    ("rate", "media"), [(0, MediaClass.FLASH), (7200, MediaClass.DISK), (5400, MediaClass.DISK)]
)
def test_a_rotation_rate_tells_flash_from_disk(rate, media):
    found = claim(SATA, smartctl=(0, {"rotation_rate": rate}))
    assert (found.media, found.level) == (media, EvidenceLevel.IDENTIFY)


def test_an_absent_rate_is_unknown_and_not_flash():
    found = claim(SATA, smartctl=(0, {"device": {"protocol": "ATA"}}))
    assert (found.media, found.reason) == (
        MediaClass.UNKNOWN, "the drive does not say whether it turns",
    )  # fmt: skip


def test_an_exit_status_about_the_drives_health_leaves_the_answer_valid():
    assert claim(SATA, smartctl=(0b1100, {"rotation_rate": 0})).media is MediaClass.FLASH


def test_a_drive_that_may_not_be_opened_is_unknown_with_the_reason():
    told = {"smartctl": {"messages": [{"string": "Permission denied", "severity": "error"}]}}
    found = claim(SATA, smartctl=(2, told))
    assert found.media is MediaClass.UNKNOWN
    assert "Permission denied" in found.reason


@pytest.mark.parametrize("output", ["", "rubbish", "[]", '{"rotation_rate": tru'])
def test_rubbish_is_unknown(output):
    assert claim(SATA, smartctl=(0, output)).reason == "smartctl's answer is no JSON"


def test_without_smartctl_it_is_unknown():
    assert "not installed" in claim(SATA).reason


@pytest.mark.parametrize(
    ("features", "media"),
    [(0, MediaClass.FLASH), ("0x10", MediaClass.DISK), (16, MediaClass.DISK),
     ("x", MediaClass.UNKNOWN), (None, MediaClass.UNKNOWN)],
)  # fmt: skip
def test_an_nvme_namespace_says_in_one_bit_whether_it_rotates(features, media):
    found = claim(
        NVME, smartctl=(0, {"device": {"protocol": "NVMe"}}), nvme=(0, {"nsfeat": features})
    )
    assert found.media is media


def test_nvme_by_itself_is_no_proof_of_flash():
    found = claim(NVME, smartctl=(0, {"device": {"protocol": "NVMe"}}))
    assert found.media is MediaClass.UNKNOWN
    assert "need not be flash" in found.reason


@pytest.mark.parametrize("transport", ["virtio", None])
def test_a_virtual_drive_is_not_asked(transport):
    drive = Drive("vda", None, None, None, transport, True, "virtio always reports rotational")
    assert identify.claims(drive, answering(smartctl=(0, {"rotation_rate": 0}))) == ()


def test_a_program_is_run_without_a_terminal_and_its_absence_is_none(tmp_path, monkeypatch):
    program = tmp_path / "smartctl"
    program.write_text('#!/bin/sh\nread x\necho "$LC_ALL $1"\nexit 4\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert identify.ask(["nvme"]) is None
    assert identify.ask(["smartctl", "--json"]) == (4, "C --json\n")
