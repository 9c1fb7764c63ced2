"""`capbench storage guarantee`: what a person sees, and what is left when it is cut off."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli import main
from bench.cli.storage.guarantee import EXIT_CODES
from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, MeasuredReplicate, Reason
from bench.execution import replicates
from bench.execution.replicates import BEGUN, INTERRUPTED
from bench.testing.guarantee import simulated_outcome, simulated_trial
from reports.verification import verify
from storage_bench.guarantee import definition as guarantees
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.observations import Counters

NATIVE = ("--engine", "native")
ROOT = Path(__file__).parents[4]


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """An empty folder on a drive, for memory is no storage."""
    if classify(tmp_path).media is MediaClass.MEMORY:
        pytest.skip("the folder for tests is no drive")
    yield tmp_path
    left = [p.name for p in tmp_path.iterdir() if p.name.startswith("capbench-storage-")]
    assert left == []


@pytest.fixture
def simulated(monkeypatch):
    """Storage of a given speed in place of the folder that is named."""

    def install(iops: float) -> None:
        def carry_out(assignment, limit_s, said):
            case = assignment.case
            return simulated_outcome(
                case, assignment.repeat, simulated_trial(case, iops, assignment.repeat)
            )

        monkeypatch.setattr(replicates, "in_a_process", carry_out)

    return install


def capbench(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["storage", "guarantee", *map(str, arguments)])


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench", "storage", "guarantee", *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(process: subprocess.Popen[str], said: str) -> None:
    assert process.stderr is not None
    told = next((line for line in process.stderr if f" {said}" in line), None)
    assert told is not None


@pytest.mark.parametrize(("iops", "verdict", "code"), [(9_900, "FAIL", 1), (10_100, "PASS", 0)])
def test_the_verdict_is_shown_is_the_exit_code_and_is_sealed(simulated, drive, iops, verdict, code):
    simulated(iops)
    options = (
        "--directory",
        drive,
        "--tier",
        "minute",
        "--engine",
        "native",
        "--output",
        drive / "out",
    )
    done = capbench(*options)

    assert done.exit_code == code
    assert f"{verdict} (INDICATIVE: it never certifies)" in done.stdout
    assert "8192 B at random, 70% reads, 11000 IOPS offered (open loop), at most 16" in done.stdout
    assert f"evidence: {drive}/out/evidence   check it: capbench verify" in done.stderr
    evidence = verify(drive / "out" / "evidence").evidence
    assert evidence.judgements[0].judgement.verdict == verdict
    checked = CliRunner().invoke(main, ["verify", str(drive / "out" / "evidence")])
    assert f"critical-business@1.0, tier minute: {verdict} (indicative)" in checked.stdout


def test_what_keeps_it_from_a_pass_is_told_last_and_what_excuses_it_too(
    simulated, drive, monkeypatch
):
    simulated(9_900)
    real = replicates.in_a_process

    def crowded(*arguments):
        outcome = real(*arguments)
        return replace(outcome, replicate=replace(outcome.replicate, seen=Counters(10**9, 0, 0, 0)))

    monkeypatch.setattr(replicates, "in_a_process", crowded)
    done = capbench("--directory", drive, "--tier", "minute", "--output", drive / "out")
    *_, fails, others, beside, verdict, because = done.stdout.splitlines()

    assert done.exit_code == 5
    assert fails.startswith("FAIL          long windows: ")
    assert others.startswith("INCONCLUSIVE  device counters: ")
    assert beside.startswith("beside:       durable appends PASS: ")
    assert verdict.startswith("INCONCLUSIVE (INDICATIVE")
    assert because == "What failed proves nothing, because of: device counters."


def test_as_json_it_has_all_that_the_verdict_follows_from(simulated, drive):
    simulated(9_900)
    done = capbench("--directory", drive, "--tier", "minute", "--output", drive / "out", "--json")
    told = json.loads(done.stdout)

    assert (done.exit_code, told["judgement"]["verdict"]) == (1, "FAIL")
    assert told["definition"]["id"] == guarantees.DEFAULT
    assert len(told["trials"][0]["result"]["windows"]) == 62
    assert told["evidence"] == str(drive / "out" / "evidence")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tier", "gold"), "It has full, quick, minute"),
        (("--definition", "gold"), "Known are critical-business"),
        (("--resume", "."), "Wanted one place"),
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error_and_makes_no_folder(tmp_path, options, said):
    done = capbench("--directory", tmp_path, "--output", tmp_path / "out", *options)

    assert (done.exit_code, os.listdir(tmp_path)) == (2, [])
    assert said in done.stderr


def test_a_run_that_may_be_taken_up_again_is_not_written_to_a_zip_file(tmp_path):
    done = capbench("--directory", tmp_path, "--output", tmp_path / "out.zip")

    assert (done.exit_code, os.listdir(tmp_path)) == (2, [])
    assert "Give a folder with --output" in done.stderr


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_a_folder_in_memory_is_a_usage_error_and_makes_no_folder(tmp_path):
    done = capbench("--directory", "/dev/shm", "--tier", "ci", "--output", tmp_path / "out")

    assert (done.exit_code, os.listdir(tmp_path)) == (2, [])
    assert "is no storage" in done.stderr


def test_a_real_run_leaves_evidence_that_verifies(drive):
    with started("--directory", drive, "--tier", "ci", "--output", drive / "out") as process:
        printed, _ = process.communicate(timeout=120)

    evidence = verify(drive / "out" / "evidence").evidence
    verdict = evidence.judgements[0].judgement.verdict
    assert process.returncode == EXIT_CODES[verdict]
    assert f"{verdict} (INDICATIVE" in printed
    assert [o.kind for o in evidence.outcomes] == ["measured-replicate"] * 2
    assert os.listdir(drive) == ["out"]


def test_ctrl_c_seals_what_there_is_and_the_rest_can_be_run_later(drive):
    options = (
        "--directory",
        drive,
        "--tier",
        "ci",
        "--engine",
        "native",
        "--output",
        drive / "out",
    )
    with started(*options) as process:
        until(process, "measuring")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 5
    assert "Interrupted with 0 of 2 replicates measured. Go on with: capbench" in said
    assert os.listdir(drive) == ["out"]
    cut = verify(drive / "out" / "evidence").evidence
    assert cut.interrupted == INTERRUPTED
    assert [o.kind for o in cut.outcomes] == ["failed", "skipped"]

    resumed = capbench("--resume", drive / "out")

    assert resumed.exit_code in (1, 5)
    evidence = verify(drive / "out" / "evidence").evidence
    first, second = evidence.outcomes
    assert first == Failed(first.case_id, 0, Reason("cut-off", f"{BEGUN}: {INTERRUPTED}"))
    assert isinstance(second, MeasuredReplicate)
    assert second.resumed_at is not None
    assert (evidence.interrupted, evidence.run_id) == (None, cut.run_id)
    assert "1 of 2 replicates are on record and stay as they are" in resumed.stderr
    assert "this run can no longer come to PASS" in resumed.stderr
    assert f"after the run was taken up again {second.resumed_at}" in resumed.stdout


def test_a_kill_loses_no_replicate_and_a_cut_one_stays_a_failure(drive):
    options = (
        "--directory",
        drive,
        "--tier",
        "ci",
        "--engine",
        "native",
        "--output",
        drive / "out",
    )
    with started(*options) as process:
        until(process, "replicate 2")
        until(process, "measuring")
        process.kill()
    cleaned = CliRunner().invoke(main, ["storage", "cleanup", str(drive)])
    assert "removed" in cleaned.stdout

    resumed = capbench("--resume", drive / "out")

    assert resumed.exit_code in (1, 5)
    first, second = verify(drive / "out" / "evidence").evidence.outcomes
    assert isinstance(first, MeasuredReplicate)
    assert first.resumed_at is None
    assert second == Failed(second.case_id, 1, Reason("cut-off", BEGUN))
    again = capbench("--resume", drive / "out")
    assert (again.exit_code, "came to its end" in again.stderr) == (2, True)


def test_a_run_that_still_goes_on_is_not_taken_up(drive):
    options = (
        "--directory",
        drive,
        "--tier",
        "ci",
        "--engine",
        "native",
        "--output",
        drive / "out",
    )
    with started(*options) as process:
        until(process, "writing")
        done = capbench("--resume", drive / "out")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert done.exit_code == 2
    assert "Another process goes on" in done.stderr


def test_another_machine_goes_on_with_nothing(simulated, drive, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replicates, "in_a_process", interrupt)
    assert capbench("--directory", drive, "--tier", "ci", "--output", drive / "out").exit_code == 5
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")

    done = capbench("--resume", drive / "out")

    assert done.exit_code == 2
    assert "begun with another host" in done.stderr


def test_options_beside_resume_are_refused(drive):
    done = capbench("--resume", drive, "--array-cache-bytes", "5")

    assert done.exit_code == 2
    assert "goes on as it was begun, without --array-cache-bytes" in done.stderr
