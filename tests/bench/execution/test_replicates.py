"""Each replicate saved before the next, and none that was begun is ever run again."""

import os
import signal
from pathlib import Path

import pytest

from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, MeasuredReplicate, Outcome, Reason, Skipped
from bench.evidence.plan import GuaranteeCase
from bench.execution import replicates
from bench.execution.protocol import Assignment, Message
from bench.execution.replicates import BEGUN, INTERRUPTED, NOT_BEGUN, OnMessage
from bench.machine.volume import volume
from bench.planning.guarantee import guarantee_case
from bench.testing.guarantee import simulated_case, simulated_outcome, simulated_trial
from storage_bench.engines import choose
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.workspace.guard import workspace

CASE = replace(simulated_case("ci"), repeats=3)


def trial(repeat: int) -> MeasuredReplicate:
    return simulated_outcome(CASE, repeat, simulated_trial(CASE))


def execute(assignment: Assignment, limit_s: float, said: OnMessage) -> Outcome:
    said(Message(note="writing"))
    said(Message(ready=True))
    return trial(assignment.repeat)


def test_a_load_is_on_record_before_it_runs_and_each_replicate_before_the_next():
    saved: list[Outcome] = []
    outcomes, interrupted = replicates.run_replicates(
        CASE, Path("x"), saved.append, execute=execute
    )

    begun = [Failed(CASE.id, repeat, Reason("cut-off", BEGUN)) for repeat in range(3)]
    assert saved == [begun[0], trial(0), begun[1], trial(1), begun[2], trial(2)]
    assert (outcomes, interrupted) == ((trial(0), trial(1), trial(2)), None)


def test_ctrl_c_under_load_is_a_failure_and_the_rest_was_not_begun():
    def interrupt(assignment: Assignment, limit_s: float, said: OnMessage) -> Outcome:
        if assignment.repeat == 1:
            said(Message(ready=True))
            raise KeyboardInterrupt
        return execute(assignment, limit_s, said)

    saved: dict[int, Outcome] = {}
    outcomes, interrupted = replicates.run_replicates(
        CASE, Path("x"), lambda o: saved.update({o.repeat: o}), execute=interrupt
    )

    assert interrupted == INTERRUPTED
    assert outcomes == (
        trial(0),
        Failed(CASE.id, 1, Reason("cut-off", f"{BEGUN}: {INTERRUPTED}")),
        Skipped(CASE.id, 2, Reason("interrupted", NOT_BEGUN)),
    )
    assert tuple(saved[repeat] for repeat in range(3)) == outcomes


def test_an_error_that_nobody_foresaw_is_given_away_and_loses_no_replicate():
    def fail(assignment: Assignment, limit_s: float, said: OnMessage) -> Outcome:
        if assignment.repeat == 1:
            raise KeyError("x")
        return execute(assignment, limit_s, said)

    faults: list[Exception] = []
    outcomes, interrupted = replicates.run_replicates(
        CASE, Path("x"), lambda o: None, execute=fail, failed=faults.append
    )

    assert interrupted == "an unexpected error: KeyError: 'x'"
    assert [type(fault) for fault in faults] == [KeyError]
    assert [outcome.kind for outcome in outcomes] == ["measured-replicate", "skipped", "skipped"]
    with pytest.raises(KeyError):
        replicates.run_replicates(CASE, Path("x"), lambda o: None, execute=fail)


def test_ctrl_c_while_the_file_is_written_has_begun_nothing():
    def interrupt(assignment: Assignment, limit_s: float, said: OnMessage) -> Outcome:
        raise KeyboardInterrupt

    outcomes, _ = replicates.run_replicates(CASE, Path("x"), lambda o: None, execute=interrupt)

    assert outcomes == tuple(
        Skipped(CASE.id, repeat, Reason("interrupted", NOT_BEGUN)) for repeat in range(3)
    )


def test_ctrl_c_while_a_replicate_is_saved_does_not_lose_it():
    saved: dict[int, Outcome] = {}
    interruptions = [KeyboardInterrupt()]

    def save(outcome: Outcome) -> None:
        if isinstance(outcome, MeasuredReplicate) and interruptions:
            raise interruptions.pop()
        saved[outcome.repeat] = outcome

    outcomes, _ = replicates.run_replicates(CASE, Path("x"), save, execute=execute)

    assert outcomes[0] == saved[0] == trial(0)


def test_what_was_cut_stays_a_failure_and_only_what_is_missing_is_run():
    cut = Failed(CASE.id, 1, Reason("cut-off", BEGUN))
    saved: list[Outcome] = []
    outcomes, _ = replicates.run_replicates(
        CASE, Path("x"), saved.append, done={0: trial(0), 1: cut},
        resumed_at="2025-01-02T00:00:00+00:00", execute=execute,
    )  # fmt: skip

    late = replace(trial(2), resumed_at="2025-01-02T00:00:00+00:00")
    assert outcomes == (trial(0), cut, late)
    assert saved == [Failed(CASE.id, 2, Reason("cut-off", BEGUN)), late]


def test_a_disk_that_is_full_of_evidence_ends_the_run():
    def full(outcome: Outcome) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        replicates.run_replicates(CASE, Path("x"), full, execute=execute)


@pytest.fixture
def drive_case(tmp_path: Path) -> GuaranteeCase:
    """Three seconds and 64 MiB on a real drive."""
    places = [tmp_path, Path("/var/tmp"), Path.cwd()]
    found = next((p for p in places if classify(p).media is not MediaClass.MEMORY), None)
    if found is None:
        pytest.skip("no folder on a drive")
    return replace(
        guarantee_case(volume(found), "native", choose.label("native", timed=True), tier="ci"),
        repeats=1,
    )


def test_a_real_replicate_is_run_in_a_process_of_its_own(drive_case: GuaranteeCase) -> None:
    notes: list[str] = []
    with workspace(Path(drive_case.directory), drive_case.needed_bytes) as space:
        (outcome,), _ = replicates.run_replicates(
            drive_case, space.data_file, lambda o: None, notes.append
        )

    assert isinstance(outcome, MeasuredReplicate), outcome
    assert outcome.replicate.result is not None
    assert len(outcome.replicate.result.windows) == 3
    assert outcome.executed["interface"] == drive_case.implementation.removeprefix("native-")
    assert notes[0].startswith("replicate 1 of 1, by native-")
    assert notes[3] == "measuring for 3 s"


def test_a_worker_that_is_killed_under_load_is_a_failure(drive_case: GuaranteeCase) -> None:
    import psutil

    def kill(note: str) -> None:
        if note.startswith("measuring"):
            (worker,) = psutil.Process().children()
            os.kill(worker.pid, signal.SIGKILL)

    saved: list[Outcome] = []
    with workspace(Path(drive_case.directory), drive_case.needed_bytes) as space:
        replicates.run_replicates(drive_case, space.data_file, saved.append, kill)

    assert [o.reason.text for o in saved if isinstance(o, Failed)] == [
        BEGUN, "the worker was ended by SIGKILL",
    ]  # fmt: skip
