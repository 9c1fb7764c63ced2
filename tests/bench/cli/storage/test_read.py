import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli import main

HERE = Path(__file__).parents[3] / "storage_bench"
CASES = sorted((HERE / "cases").glob("fio-*.json"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["storage", "read", *map(str, arguments)])


@pytest.mark.parametrize("path", [*CASES, HERE / "cases/fio-pod-log-timestamps.txt"])
def test_every_case_is_read(path):
    done = run(path)
    assert done.exit_code == 0, done.output
    assert "claims, no evidence" in done.stdout
    assert json.loads(run(path, "--json").stdout)[0]["figures"]


def test_a_load_of_the_guarantee_is_a_claim_and_the_others_say_nothing_of_it(tmp_path):
    text = (HERE / "corpus" / "fio-3.42.json").read_text()
    other = json.loads(run(HERE / "corpus" / "fio-3.42.json", "--json").stdout)[0]["claim"]["said"]
    assert (other["verdict"], other["because"]) == (
        "says nothing of",
        ["blocks of 4096 B, wanted 8192"],
    )
    document = json.loads(text)
    for way in ("read", "write"):
        document["jobs"][0][way]["io_bytes"] *= 2
        document["jobs"][0][way]["bw_bytes"] *= 2
    (tmp_path / "a.json").write_text(json.dumps(document, indent=1))
    assert "claim: does not contradict critical-business@1.0" in run(tmp_path / "a.json").stdout


def test_utf_16_is_read_and_what_is_none_of_fios_is_refused(tmp_path):
    saved = tmp_path / "saved.json"
    saved.write_bytes((HERE / "corpus" / "fio-3.33.json").read_text().encode("utf-16"))
    assert "28000" in run(saved).stdout
    saved.write_text("hello")
    done = run(saved)
    assert (done.exit_code, "no JSON document" in done.stderr) == (2, True)


def test_a_job_that_did_nothing_is_refused_and_no_zero_is_printed(tmp_path):
    document = json.loads((HERE / "corpus" / "fio-3.33.json").read_text())
    job = document["jobs"][0]
    job["read"] = job["write"] = job["trim"]
    (tmp_path / "zero.json").write_text(json.dumps(document, indent=1))
    done = run(tmp_path / "zero.json")
    assert done.exit_code == 2
    assert "it did no I/O" in done.stdout


def test_text_of_a_document_does_not_steer_the_terminal(tmp_path):
    document = json.loads((HERE / "corpus" / "fio-3.33.json").read_text())
    document["jobs"][0]["jobname"] = "a\x1b[31m [bold]b"
    (tmp_path / "a.json").write_text(json.dumps(document, indent=1))
    assert "\x1b" not in run(tmp_path / "a.json").stdout
    assert "[bold]b" in run(tmp_path / "a.json").stdout
