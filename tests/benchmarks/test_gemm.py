"""Our own GEMM against the vector peak, torch (oneDNN in BF16) and NumPy, in one alternating run.

`python -m pytest tests/benchmarks/test_gemm.py --benchmark-enable -s`
With `MKL_ENABLE_INSTRUCTIONS=AVX2 OPENBLAS_CORETYPE=Haswell` before it the libraries take the code
on an Intel processor that they choose by themselves on an AMD one.

Prints medians of ratios of the same round, with their range. Against the peak twice: `own/peak` is
the rate over that of the multiply-add chains, both over wall time; `own/peak a cycle` is operations
per core cycle over those of the chains, each by the probes of the clock in its own loops. They part
where the processor lowers its clock under the product's loads. It asserts that the products are
right, and nothing about time.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.machine.cpu.processor import processor
from kernels import KERNELS
from kernels.codegen.clock import HAS_CLOCK
from kernels.gemm import check
from kernels.kernel import Launch, Place, Request, Shape
from kernels.precision import PRECISIONS

ROUNDS = 11
STRETCH_S = 0.15
"""How long each side of a round multiplies, in whole launches."""
PAUSE_S = 0.02
"""For a library's threads, which spin for some milliseconds after their work, to go to sleep."""
SHAPES = ((2048, 2048, 2048), (2011, 1999, 2027))
TINY = (70, 60, 50)
WORKERS = processor().workers
PEERS = {"fp32": ("torch", "numpy"), "fp64": ("torch", "numpy"), "bf16": ("torch",)}


@contextmanager
def prepared(
    name: str, implementation: str, precision: str, shape: Shape, cpus: tuple[int, ...]
) -> Iterator[Launch]:
    request = Request(implementation, PRECISIONS[precision], shape, 1, Place("cpu", cpus))
    if (reason := KERNELS[name].refuses(request)) is not None:
        pytest.skip(reason)
    launch = KERNELS[name].prepare(request)
    try:
        yield launch
    finally:
        launch.close()


def rate(launch: Launch) -> float:
    """FLOP/s of whole launches over at least a stretch of wall time."""
    time.sleep(PAUSE_S)
    began_s, count = time.perf_counter(), 0
    while time.perf_counter() - began_s < STRETCH_S:
        launch.run()
        count += 1
    return launch.work.ops * count / (time.perf_counter() - began_s)


def ops_per_cycle(launch: Launch) -> float:
    """Operations of the last run in a core cycle, all workers together."""
    return sum(
        t.ops_per_chunk / statistics.median(t.work)
        * statistics.median(t.probe) / t.cycles_per_probe
        for t in launch.ticks()
    )  # fmt: skip


def told(name: str, ratios: list[float]) -> str:
    return f"{name} {statistics.median(ratios):.3f} [{min(ratios):.2f} to {max(ratios):.2f}]"


@pytest.mark.parametrize("workers", sorted({1, len(WORKERS)}))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("precision", PEERS)
def test_ours_against_the_peak_and_the_libraries(
    benchmark: BenchmarkFixture, precision: str, shape: Shape, workers: int
) -> None:
    cpus = WORKERS[:workers]
    used = shape if benchmark.enabled else TINY
    with ExitStack() as stack:
        # Libraries first: they move every thread of the process, and ours are pinned after that.
        peers = {
            name: stack.enter_context(prepared("gemm", name, precision, used, cpus))
            for name in PEERS[precision]
            if find_spec(name) is not None
        }
        own = stack.enter_context(prepared("gemm", "numba", precision, used, cpus))
        if benchmark.enabled:
            lines = measured(own, peers, precision, cpus)
            low, high = check.BANDS[precision]
            lines.append(f"error {own.error():.1e} in {low:.1e} to {high:.1e}")
            sys.stdout.write(
                f"\n{precision} {shape}, {workers} workers, {own.executed['dispatched']}: "
                f"{'; '.join(lines)}\n"
            )
            benchmark.extra_info["ratios"] = lines
        benchmark.pedantic(own.run, rounds=1)
        assert own.error() <= own.tolerance
        assert [name for name, peer in peers.items() if not (peer.error() <= peer.tolerance)] == []


def measured(
    own: Launch, peers: dict[str, Launch], precision: str, cpus: tuple[int, ...]
) -> list[str]:
    """The medians of so many rounds, each side first in its turn."""
    sides = {"own": own} | peers
    with ExitStack() as stack:
        if precision != "bf16":  # the chains of BF16 are vectors: no peak for AMX
            shape = KERNELS["fma"].default_shape
            sides["peak"] = stack.enter_context(prepared("fma", "numba", precision, shape, cpus))
        rates: dict[str, list[float]] = {name: [] for name in sides}
        cycles: dict[str, list[float]] = {name: [] for name in ("own", "peak") if name in sides}
        for turn in range(ROUNDS):
            for name in list(sides)[:: -1 if turn % 2 else 1]:
                rates[name].append(rate(sides[name]))
                if HAS_CLOCK and name in cycles:
                    cycles[name].append(ops_per_cycle(sides[name]))
    lines = [f"{statistics.median(rates['own']) / 1e9:.1f} GFLOP/s"]
    lines += [told(f"own/{name}", over(rates, name)) for name in sides if name != "own"]
    if HAS_CLOCK:
        lines.append(f"{statistics.median(cycles['own']):.1f} FLOP a cycle")
    if HAS_CLOCK and "peak" in cycles:
        lines.append(told("own/peak a cycle", over(cycles, "peak")))
    return lines


def over(figures: dict[str, list[float]], name: str) -> list[float]:
    """Ours over another side's, round by round."""
    return [own / other for own, other in zip(figures["own"], figures[name], strict=True)]
