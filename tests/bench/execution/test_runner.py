"""A plan to outcomes, in real processes where processes matter."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed, Measured, Outcome, Reason, Skipped
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.stopping import StoppingRule
from bench.execution.protocol import Assignment
from bench.execution.runner import Listener, in_a_process, run_plan
from bench.testing.machine import simulated_inventory

FAST = StoppingRule(min_samples=2, min_time_s=0.02, max_time_s=0.05, max_relative_error=0.5,
                sample_time_s=0.01)  # fmt: skip


@pytest.fixture
def inventory() -> Inventory:
    return simulated_inventory(cores=1)


@pytest.fixture
def gemm() -> KernelCase:
    first = min(os.sched_getaffinity(0))
    return KernelCase("cpu.matrix.fp32", "FLOP/s", "gemm", "numpy", "fp32", (64, 64, 64), "cpu",
                      (first,), 7, FAST, 2)  # fmt: skip


def test_a_real_kernel_is_measured_in_a_process_of_its_own(
    inventory: Inventory, gemm: KernelCase
) -> None:
    samples = []
    outcome = in_a_process(
        Assignment(gemm, 0, inventory.devices[0], None),
        30,
        Listener(sampled=lambda case, sample, ops, moved: samples.append((sample, ops))),
    )

    assert isinstance(outcome, Measured), outcome
    assert outcome.ops_per_launch == 2 * 64**3
    assert outcome.error <= outcome.tolerance
    assert tuple(sample for sample, _ in samples) == tuple(outcome.samples)
    assert {ops for _, ops in samples} == {2 * 64**3}


def test_what_a_kernel_refuses_is_skipped_with_its_reason(
    inventory: Inventory, gemm: KernelCase
) -> None:
    impossible = replace(gemm, precision="fp16")

    outcome = in_a_process(Assignment(impossible, 0, inventory.devices[0], None), 30, Listener())

    assert isinstance(outcome, Skipped)
    assert "fp16" in outcome.reason.text


def test_a_kernel_that_raises_is_a_failure_with_its_last_words(
    inventory: Inventory, gemm: KernelCase
) -> None:
    unknown = replace(gemm, kernel="fft")

    outcome = in_a_process(Assignment(unknown, 1, inventory.devices[0], None), 30, Listener())

    assert outcome == Failed(
        unknown.id, 1, Reason("worker-failed", "the worker failed: KeyError: 'fft'")
    )


def test_a_worker_that_takes_too_long_is_ended(inventory: Inventory, gemm: KernelCase) -> None:
    endless = replace(gemm, stopping=StoppingRule(2, 500, 900, 0.5))

    outcome = in_a_process(Assignment(endless, 0, inventory.devices[0], None), 2, Listener())

    assert outcome == Failed(endless.id, 0, Reason("timeout", "took longer than 2 s and was ended"))


def test_a_worker_that_is_killed_is_a_failure_and_the_run_goes_on(
    inventory: Inventory, gemm: KernelCase
) -> None:
    def kill(case: object, sample: object, ops: int, moved: int) -> None:
        (worker,) = children()
        os.kill(worker, signal.SIGKILL)

    outcome = in_a_process(
        Assignment(
            replace(gemm, stopping=StoppingRule(2, 5, 9, 0.5)), 0, inventory.devices[0], None
        ),
        30,
        Listener(sampled=kill),
    )

    assert isinstance(outcome, Failed)
    assert outcome.reason.text == "the worker was ended by SIGKILL"


def test_ctrl_c_keeps_what_was_measured_and_skips_the_rest(
    plan: Plan, inventory: Inventory
) -> None:
    saved: list[Outcome] = []

    def execute(
        assignments: tuple[Assignment, ...], limit_s: float, listener: Listener
    ) -> tuple[Outcome, ...]:
        if len(saved) == 2:
            raise KeyboardInterrupt
        return tuple(
            Failed(a.case.id, a.repeat, Reason("test", "not the point here")) for a in assignments
        )

    outcomes, interrupted = run_plan(plan, inventory, saved.append, execute=execute)

    assert interrupted == "interrupted by the user"
    assert outcomes == tuple(saved)
    assert [type(o) for o in outcomes] == [Failed] * 2 + [Skipped] * 4


def test_a_run_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os\n"
        "from bench.evidence.plan import KernelCase\n"
        "from bench.execution.runner import Listener, in_a_process\n"
        "from bench.evidence.stopping import StoppingRule\n"
        "from bench.testing.machine import simulated_inventory\n"
        "from bench.execution.protocol import Assignment\n"
        "cpu = min(os.sched_getaffinity(0))\n"
        "case = KernelCase('m', 'FLOP/s', 'gemm', 'numpy', 'fp32', (64, 64, 64), 'cpu', (cpu,),\n"
        "                  7, StoppingRule(2, 500.0, 900.0, 0.5), 2)\n"
        "device = simulated_inventory().devices[0]\n"
        "in_a_process(Assignment(case, 0, device, None), 900,\n"
        "             Listener(sampled=lambda *seen: print('sample', flush=True)))\n"
    )
    root = str(Path(__file__).parents[3])
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"sample\n"
        (worker,) = children(parent.pid)
        parent.kill()

    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{worker}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{worker}")


def children(pid: int | None = None) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children()]
