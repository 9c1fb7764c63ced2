"""Whether the capability figure holds still while the machine does not.

`python -m pytest tests/benchmarks/test_capability.py --benchmark-enable -s`

Twenty runs of a second each, in fresh processes, while a busy loop loads one core: prints the
coefficient of variation of capability and, of the same runs, of work over wall time, of operations
a cycle and of the clock. It asserts nothing about time.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.analysis.capability import counter_figures
from bench.evidence.outcome import Measured
from bench.evidence.plan import KernelCase
from bench.evidence.stopping import StoppingRule
from bench.execution.protocol import Assignment
from bench.execution.runner import Listener, in_a_process
from bench.machine import discover
from kernels import KERNELS

RUNS = 20


@pytest.fixture
def busy_core() -> Iterator[int]:
    """A process of ordinary priority that never waits, on the first core in use."""
    cpu = min(os.sched_getaffinity(0))
    code = f"import os\nos.sched_setaffinity(0, {{{cpu}}})\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", code]) as loop:
        yield cpu
        loop.kill()


def one_second(length_s: float) -> Measured:
    inventory = discover(Path.cwd())
    case = KernelCase(
        metric="cpu.vector.fp32",
        unit="FLOP/s",
        kernel="fma",
        implementation="numba",
        precision="fp32",
        shape=KERNELS["fma"].default_shape,
        device="cpu",
        cpus=inventory.host.processor.workers,
        seed=1,
        stopping=StoppingRule(2, length_s, length_s, 1e-9),
        repeats=2,
    )
    device = next(d for d in inventory.devices if d.uuid == "cpu")
    outcome = in_a_process(Assignment(case, 0, device, None), 120, Listener())
    assert isinstance(outcome, Measured), outcome
    return outcome


def sustained(outcome: Measured) -> float:
    launches = sum(outcome.samples.launches)
    return outcome.ops_per_launch * launches / sum(outcome.samples.duration_s)


def test_capability_and_wall_clock_beside_a_busy_loop(
    benchmark: BenchmarkFixture, busy_core: int
) -> None:
    """Coefficient of variation over runs of a second: capability, and the wall clock's figure."""
    count, length_s = (RUNS, 1.0) if benchmark.enabled else (2, 0.1)
    outcomes = [one_second(length_s) for _ in range(count)]
    figures = [counter_figures(outcome) for outcome in outcomes]
    rates = {
        "capability": [rate for f in figures if (rate := f.capability) is not None],
        "wall clock": [sustained(o) for o in outcomes],
    }
    assert len(rates["capability"]) == count
    # What is left of the capability's spread is the clock's: work a cycle holds still.
    rates["operations a cycle"] = [each.per_cycle for each in figures if each.per_cycle is not None]
    rates["core clock"] = [each.clock_hz for each in figures if each.clock_hz is not None]
    for name, values in rates.items():
        if len(values) < count:  # no probe on this architecture
            continue
        spread = statistics.stdev(values) / statistics.mean(values)
        benchmark.extra_info[name] = spread
        sys.stdout.write(
            f"\n{name}: median {statistics.median(values):.4g}, "
            f"coefficient of variation {spread:.2%} over {count} runs\n"
        )
    benchmark.pedantic(one_second, args=(0.1,), rounds=1)
