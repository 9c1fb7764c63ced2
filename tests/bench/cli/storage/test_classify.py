"""`capbench storage classify` and `media-probe`, in one process; the tools' answers are made up."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main

SERIAL = "1923E2086C5D"
LSBLK = {"blockdevices": [{"name": "sdb", "type": "disk", "serial": SERIAL, "rota": True}]}
SMARTCTL = {"device": {"name": "/dev/sdb"}, "rotation_rate": 7200}
REDFISH = {"@odata.type": "#Drive.v1_0_0.Drive", "MediaType": "SSD", "SerialNumber": SERIAL}


def capbench(*arguments: str | Path, code: int = 0):
    done = CliRunner().invoke(main, ["storage", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def tools(monkeypatch):
    """A machine with one disk, lsblk and smartctl."""

    def ask(command):
        return {"lsblk": (0, json.dumps(LSBLK)), "smartctl": (4, json.dumps(SMARTCTL))}[command[0]]

    monkeypatch.setattr("storage_bench.media.evidence.collect.ask", ask)


def test_a_path_is_classified_with_its_reason(tmp_path):
    shown = capbench("classify", tmp_path).stdout
    told = json.loads(capbench("classify", tmp_path, "--json").stdout)
    assert shown.startswith(f"{tmp_path}: {told['media']} (evidence: ")
    assert told["reason"] in shown
    assert "no long steps" in capbench("classify", "--probe", __file__, code=2).stderr


@pytest.mark.usefixtures("tools")
def test_what_drives_say_is_collected_once_and_read_again(tmp_path):
    output = tmp_path / "evidence.json"
    shown = capbench("media-probe", "--output", output)
    assert shown.stdout == (f"disk by identify: serial {SERIAL}\n  the drive says 7200 rpm\n")
    assert "answers about 1 drives" in shown.stderr
    media = json.loads(capbench("classify", tmp_path, "--media-evidence", output, "--json").stdout)
    assert "the collected evidence knows no such drive" in media["reason"]


@pytest.mark.usefixtures("tools")
def test_a_controller_that_says_otherwise_makes_a_dispute(tmp_path):
    passed = tmp_path / "redfish.json"
    passed.write_text(json.dumps(REDFISH))
    shown = capbench("media-probe", "--output", tmp_path / "e.json", "--redfish", passed, "--json")
    (known,) = json.loads(shown.stdout)
    assert (known["media"], known["level"]) == ("disputed", "identify")
    assert known["names"] == [f"serial {SERIAL}"]


@pytest.mark.usefixtures("tools")
def test_evidence_is_not_overwritten_and_rubbish_not_taken(tmp_path):
    output = tmp_path / "e.json"
    output.write_text("precious")
    assert "File exists" in capbench("media-probe", "--output", output, code=2).stderr
    assert output.read_text() == "precious"
    assert "is no JSON" in capbench("classify", tmp_path, "--media-evidence", output, code=2).stderr
    refused = capbench(
        "media-probe", "--output", tmp_path / "new.json", "--storcli", output, code=2
    )
    assert "Save the JSON of storcli there" in refused.stderr


def test_a_machine_without_any_tool_has_no_evidence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    shown = capbench("media-probe", "--output", tmp_path / "e.json", code=3)
    assert "No tool answered" in shown.stderr
    assert not (tmp_path / "e.json").exists()


def test_answers_that_were_collected_elsewhere_are_passed_by_source(tmp_path):
    (tmp_path / "mock-up" / "Drives" / "1").mkdir(parents=True)
    drive = {"@odata.type": "#Drive.v1_0_0.Drive", "MediaType": "SSD", "SerialNumber": "SASSSD0001"}
    (tmp_path / "mock-up" / "Drives" / "1" / "index.json").write_text(json.dumps(drive))
    (tmp_path / "sda.json").write_text('{"serial_number": "ZVT00001", "rotation_rate": 7200}')
    (tmp_path / "mdstat").write_text("md0 : active raid1 sdx1[1] sdy1[0]\n")
    passed = ("--redfish", tmp_path / "mock-up", "--smartctl", tmp_path / "sda.json",
              "--mdadm", tmp_path / "mdstat")  # fmt: skip
    shown = capbench("media-probe", "--output", tmp_path / "e.json", *passed, "--json")
    told = {tuple(one["names"]): one["media"] for one in json.loads(shown.stdout)}
    assert told[("serial SASSSD0001",)] == "flash"
    assert told[("serial ZVT00001",)] == "disk"
    assert "array md0 stands on 2 drives: 2 not among the answers" in shown.stderr
