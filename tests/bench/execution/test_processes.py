"""Worker processes that begin at the same moment."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator

import psutil
import pytest

from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, Measured, Reason
from bench.evidence.plan import KernelCase
from bench.evidence.stopping import StoppingRule
from bench.execution.processes import (
    WarmWorker,
    cause,
    environment_of,
    run_in_processes,
    start_worker,
)
from bench.execution.protocol import Assignment, Message
from bench.machine.settings import PINNED
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


@pytest.fixture
def environ_of_worker() -> Iterator[Callable[[dict[str, str]], dict[str, str]]]:
    """The environment that a worker was started with."""
    started: list[subprocess.Popen[bytes]] = []

    def look(own: dict[str, str]) -> dict[str, str]:
        started.append(start_worker(errors, own))
        process = psutil.Process(started[-1].pid)
        while not (seen := process.environ()):  # until the system has made it another program
            pass
        return seen

    with tempfile.TemporaryFile() as errors:
        yield look
        for process in started:
            process.communicate()


@pytest.mark.parametrize(
    "name",
    ["NUMBA_OPT", "NUMBA_DISABLE_JIT", "OPENBLAS_CORETYPE", "MKL_CBWR", "ONEDNN_MAX_CPU_ISA",
     "OMP_PROC_BIND", "KMP_AFFINITY", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "NVIDIA_TF32_OVERRIDE",
     "CUBLAS_WORKSPACE_CONFIG", "MALLOC_ARENA_MAX", "PYTHONOPTIMIZE"],
)  # fmt: skip
def test_a_worker_sees_no_setting_of_a_library_but_those_that_are_its_own(
    monkeypatch: pytest.MonkeyPatch,
    environ_of_worker: Callable[[dict[str, str]], dict[str, str]],
    name: str,
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")

    seen = environ_of_worker({})

    assert name not in seen
    assert seen.items() >= {"CUDA_VISIBLE_DEVICES": "3", **PINNED}.items()
    assert environ_of_worker({name: "own"})[name] == "own"


@pytest.mark.parametrize("name", PINNED)
def test_a_worker_sees_what_is_pinned_whatever_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    environ_of_worker: Callable[[dict[str, str]], dict[str, str]],
    name: str,
) -> None:
    monkeypatch.setenv(name, "1")

    assert environ_of_worker({})[name] == PINNED[name] == "0"


def test_a_library_gets_as_many_threads_as_its_case_has_cpus(
    pair: tuple[Assignment, Assignment],
) -> None:
    two = replace(pair[0], case=replace(pair[0].case, cpus=(0, 1)))

    assert environment_of(pair[0])["OMP_NUM_THREADS"] == "1"
    assert environment_of(two)["OPENBLAS_NUM_THREADS"] == "2"
    assert environment_of(replace(two, device=None)) == {}
