"""A process that is kept: several cases in it, and one that ends, hangs or talks nonsense."""

import os
from collections.abc import Iterator

import pytest

from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, Measured, Outcome
from bench.evidence.plan import KernelCase
from bench.evidence.stopping import StoppingRule
from bench.execution.acceptance.kept_worker import KeptWorker, KeptWorkers
from bench.execution.protocol import Assignment, Message
from bench.testing.machine import simulated_inventory

FIRST = min(os.sched_getaffinity(0))
DEVICE = simulated_inventory(cores=1).devices[0]
STOPPING = StoppingRule(3, 0.05, 0.05, 0.5, sample_time_s=0.01)
CASE = KernelCase("cpu.matrix.fp32.one_core", "FLOP/s", "gemm", "numpy", "fp32", (64, 64, 64),
                  "cpu", (FIRST,), 7, STOPPING, 2)  # fmt: skip
ASKED = Assignment(CASE, 0, DEVICE, None)


def ignored(message: Message) -> None:
    pass


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def worker(told: list[str]) -> Iterator[KeptWorker]:
    kept = KeptWorker(DEVICE, 1, told.append)
    yield kept
    kept.close()


def process_of(worker: KeptWorker) -> int:
    assert worker._process is not None
    return worker._process.pid


def test_several_cases_are_carried_out_in_one_process(worker: KeptWorker) -> None:
    first = worker.carry_out(ASKED, 60, ignored)
    process = process_of(worker)
    second = worker.carry_out(replace(ASKED, case=replace(CASE, precision="fp64")), 60, ignored)

    assert isinstance(first, Measured)
    assert isinstance(second, Measured)
    assert process_of(worker) == process
    assert first.executed["process"] == second.executed["process"] == str(process)
    assert len(first.samples) >= 3


def test_one_that_ended_says_why_and_the_next_case_has_a_new_one(
    worker: KeptWorker, told: list[str]
) -> None:
    broken = worker.carry_out(replace(ASKED, case=replace(CASE, kernel="fft")), 60, ignored)
    sound = worker.carry_out(ASKED, 60, ignored)

    assert isinstance(broken, Failed)
    assert broken.reason.code == "worker-failed"
    assert broken.reason.text == "the worker failed: KeyError: 'fft'"
    assert any("Traceback" in text for text in told)
    assert isinstance(sound, Measured)


def test_one_that_takes_too_long_is_ended(worker: KeptWorker) -> None:
    slow = replace(CASE, stopping=StoppingRule(3, 60.0, 60.0, 0.5, sample_time_s=0.01))
    outcome: Outcome = worker.carry_out(replace(ASKED, case=slow), 2.0, ignored)

    assert isinstance(outcome, Failed)
    assert (outcome.reason.code, outcome.reason.text) == (
        "timeout", "took longer than 2 s and was ended",
    )  # fmt: skip
    assert worker._process is None


def test_a_listener_that_is_interrupted_leaves_no_process(worker: KeptWorker) -> None:
    def interrupt(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker.carry_out(ASKED, 60, interrupt)
    assert worker._process is None


def test_shapes_are_tried_and_one_without_time_says_so(worker: KeptWorker) -> None:
    asked = replace(ASKED, shapes=((32, 32, 32), (64, 64, 64)), try_s=0.01)

    assert [t.rate is not None for t in worker.try_shapes(asked, 60)] == [True, True]
    late = worker.try_shapes(asked, 0.0)
    assert [t.reason for t in late] == ["no time was left for it"] * 2


def test_every_round_has_a_process_of_its_own() -> None:
    workers = KeptWorkers(DEVICE, 4)
    try:
        first = workers.fresh()
        before = process_of(first)
        second = workers.fresh()
        assert process_of(second) != before
        assert first._process is None
    finally:
        workers.close()
    assert second._process is None
