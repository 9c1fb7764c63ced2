"""Worker processes that begin at the same moment."""

import os

import psutil
import pytest

from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, Measured, Reason
from bench.evidence.plan import KernelCase
from bench.evidence.stopping import StoppingRule
from bench.execution.processes import SWITCHES, WarmWorker, cause, run_in_processes
from bench.execution.protocol import Assignment, Message
from bench.testing.machine import simulated_inventory

STOPPING = StoppingRule(3, 0.3, 0.3, 0.5, sample_time_s=0.05)


@pytest.fixture
def pair() -> tuple[Assignment, Assignment]:
    first = min(os.sched_getaffinity(0))
    device = simulated_inventory(cores=1).devices[0]
    case = KernelCase("node.gpu0", "FLOP/s", "gemm", "numpy", "fp32", (64, 64, 64), "cpu",
                      (first,), 7, STOPPING, 2, "node")  # fmt: skip
    peer = replace(case, metric="node.gpu1")
    return Assignment(case, 0, device, None, True), Assignment(peer, 0, device, None, True)


def span(outcome: object) -> tuple[float, float]:
    assert isinstance(outcome, Measured), outcome
    assert outcome.began_at_s is not None
    last = outcome.samples[-1]
    return outcome.began_at_s, outcome.began_at_s + last.start_s + last.duration_s


def test_none_begins_before_all_are_ready_and_what_they_measure_overlaps(
    pair: tuple[Assignment, Assignment],
) -> None:
    told: list[tuple[str, bool]] = []

    def said(assignment: Assignment, message: Message) -> None:
        told.append((assignment.case.metric, message.ready))

    outcomes = run_in_processes(pair, 60, said)

    assert sorted(told[:2]) == [("node.gpu0", True), ("node.gpu1", True)]
    assert not any(ready for _, ready in told[2:])
    (begin, end), (peer_begin, peer_end) = map(span, outcomes)
    assert max(begin, peer_begin) < min(end, peer_end)


def test_one_that_fails_does_not_keep_the_others_waiting(
    pair: tuple[Assignment, Assignment],
) -> None:
    broken = replace(pair[1], case=replace(pair[1].case, kernel="fft"))

    sound, failed = run_in_processes((pair[0], broken), 60, lambda assignment, message: None)

    assert isinstance(sound, Measured)
    assert failed == Failed(
        broken.case.id, 0, Reason("worker-failed", "the worker failed: KeyError: 'fft'")
    )


def test_all_that_have_not_ended_in_time_are_ended(pair: tuple[Assignment, Assignment]) -> None:
    endless = StoppingRule(2, 500, 900, 0.5)
    late = tuple(replace(a, case=replace(a.case, stopping=endless)) for a in pair)

    outcomes = run_in_processes(late, 2, lambda assignment, message: None)

    assert {o.reason.text for o in outcomes if isinstance(o, Failed)} == {
        "took longer than 2 s and was ended"
    }


def test_the_cause_is_the_exception_and_not_the_advice_after_it() -> None:
    errors = (
        b"Traceback (most recent call last):\n"
        b'  File "worker.py", line 1, in <module>\n'
        b"torch.AcceleratorError: CUDA error: unspecified launch failure\n"
        b"CUDA kernel errors might be asynchronously reported at some other API call.\n"
        b"Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n\n"
    )

    assert cause(1, errors) == (
        "the worker failed: torch.AcceleratorError: CUDA error: unspecified launch failure"
    )


@pytest.mark.parametrize(
    ("code", "errors", "said"),
    [
        (-9, b"", "the worker was ended by SIGKILL"),
        (-500, b"", "the worker was ended by signal 500"),
        (3, b"", "the worker failed: exit code 3"),
        (1, b"one\ntwo \n", "the worker failed: two"),
    ],
)
def test_without_a_traceback_the_last_line_or_the_code_has_to_do(
    code: int, errors: bytes, said: str
) -> None:
    assert cause(code, errors) == said


def test_a_worker_that_started_ahead_measures_like_any_other_and_is_taken_once() -> None:
    device = simulated_inventory().devices[0]
    case = KernelCase(
        "cpu.matrix.fp32", "FLOP/s", "gemm", "numpy", "fp32", (64, 64, 64), "cpu",
        (min(os.sched_getaffinity(0)),), 7, StoppingRule(2, 0.02, 0.05, 0.5, 0.01), 2,
    )  # fmt: skip
    assignment = Assignment(case, 0, device, None)

    with WarmWorker() as ahead:
        (outcome,) = run_in_processes([assignment], 60, lambda assignment, message: None, ahead)
        again = ahead.take(assignment)

    assert isinstance(outcome, Measured), outcome
    assert again is None


def test_a_worker_that_started_ahead_and_was_not_needed_is_gone() -> None:
    with WarmWorker():
        (worker,) = psutil.Process().children()

    assert not worker.is_running()


def test_a_worker_inherits_nothing_that_makes_a_library_compute_in_another_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not as 0 either: it would turn off the TF32 that is to be measured."""
    for name in SWITCHES:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("CAPBENCH_TEST_INHERITED", "1")
    with WarmWorker() as worker:
        assert worker._process is not None
        found = psutil.Process(worker._process.pid).environ()

    assert found["CAPBENCH_TEST_INHERITED"] == "1"
    assert not found.keys() & set(SWITCHES)
    assert "NVIDIA_TF32_OVERRIDE" in SWITCHES
    assert "ONEDNN_DEFAULT_FPMATH_MODE" in SWITCHES
