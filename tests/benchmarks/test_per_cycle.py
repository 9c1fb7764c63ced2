"""Operations a core cycle on the vector units, of every format that the CPU has.

`python -m pytest tests/benchmarks/test_per_cycle.py --benchmark-enable -s`

Chunks of multiply-adds against a chain of dependent one-cycle adds beside them, in one loop: no
clock frequency and no peer is needed. Prints operations and full-width instructions a cycle, of the
slowest worker, for one core and for all; two instructions are the most that two units can do. It
asserts that the results are right, and nothing about time.
"""

import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.analysis.speed_modes import dominant_fast_mode
from bench.analysis.tick_histogram import fold, merge
from bench.evidence.outcome import TickHistogram
from bench.machine.cpu.processor import processor
from kernels import KERNELS
from kernels.codegen.clock import HAS_CLOCK
from kernels.codegen.isa import target_features
from kernels.fma.formats import FORMATS
from kernels.kernel import Place, Request, Ticks
from kernels.precision import PRECISIONS

LAUNCHES = 20
SHORT = (10, 1000)
WORKERS = processor().workers


def cycles(ticks: Ticks) -> TickHistogram:
    """Core cycles of each chunk that has a probe beside it."""
    probed = zip(ticks.work[:: ticks.chunks_per_probe], ticks.probe, strict=True)
    return fold(round(work * ticks.cycles_per_probe / probe) for work, probe in probed if probe > 0)


@pytest.mark.parametrize("workers", sorted({1, len(WORKERS)}))
@pytest.mark.parametrize("precision", FORMATS)
def test_operations_a_core_cycle(benchmark: BenchmarkFixture, precision: str, workers: int) -> None:
    kernel, form = KERNELS["fma"], FORMATS[precision]
    shape = kernel.default_shape if benchmark.enabled else SHORT
    place = Place("cpu", WORKERS[:workers])
    request = Request("numba", PRECISIONS[precision], shape, 1, place)
    if (reason := kernel.refuses(request)) is not None:
        pytest.skip(reason)
    launch = kernel.prepare(request)
    try:
        seen: list[list[TickHistogram]] = []
        for _ in range(LAUNCHES if benchmark.enabled else 1):
            launch.run()
            seen.append([cycles(ticks) for ticks in launch.ticks()])
        benchmark.pedantic(launch.run, rounds=1)
        assert launch.error() <= launch.tolerance
        if HAS_CLOCK and benchmark.enabled:
            ops = launch.ticks()[0].ops_per_chunk
            slowest = max(
                dominant_fast_mode(merge(worker)) or 0.0 for worker in zip(*seen, strict=True)
            )
            pipe = form.pipe(target_features())
            assert pipe is not None
            per_instruction = 2 * form.products * pipe.bits // form.accumulator_bits
            sys.stdout.write(
                f"\n{precision}, {workers} workers: {ops / slowest:.2f} operations a cycle, "
                f"{ops / slowest / per_instruction:.4f} instructions of {pipe.bits} bit\n"
            )
            benchmark.extra_info["operations_per_cycle"] = ops / slowest
    finally:
        launch.close()
