"""Our own GEMM against the vector peak, torch (oneDNN in BF16) and NumPy, in one alternating run.

`python -m pytest tests/benchmarks/test_gemm.py --benchmark-enable -s`

Prints medians of ratios of the same round, with their range. The peak is workers x operations per
cycle x clock, both from the `fma` kernel's own ticks: once by the clock of a whole `fma` run in the
same round, and once by the clock that a GEMM has just left behind, which is lower where the
processor runs into its power limit. It asserts that the products are right, and nothing about time.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

import pytest
from numba import njit
from pytest_benchmark.fixture import BenchmarkFixture

from bench.processor import processor
from kernels import KERNELS
from kernels.gemm import check
from kernels.ir.clock import HAS_CLOCK, stamp
from kernels.kernel import Launch, Place, Request, Shape
from kernels.precision import PRECISIONS

ROUNDS = 11
STRETCH_S = 0.15
"""How long each side of a round multiplies, in whole launches."""
PAUSE_S = 0.02
"""For a library's threads, which spin for some milliseconds after their work, to go to sleep."""
FLASH = (16, 20_000)
"""Chains that end before the clock has changed: 16 x (3 µs and a probe of 1 µs)."""
SHAPES = ((2048, 2048, 2048), (2011, 1999, 2027))
TINY = (70, 60, 50)
WORKERS = processor().workers
PEERS = {"fp32": ("torch", "numpy"), "fp64": ("torch", "numpy"), "bf16": ("torch",)}


@njit
def ticks() -> int:
    return stamp()  # type: ignore[no-any-return, call-arg]


def ticks_per_s() -> float:
    ticks()
    began_ticks, began_s = ticks(), time.perf_counter()
    time.sleep(0.2)
    return (ticks() - began_ticks) / (time.perf_counter() - began_s)


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


def clock_per_tick(chains: Launch) -> float:
    """Core cycles per tick of the counter, summed over the workers, at once."""
    chains.run()
    return sum(t.cycles_per_probe / statistics.median(t.probe) for t in chains.ticks())


def ops_per_cycle(chains: Launch) -> float:
    """Operations of the last run in a core cycle, of the best worker."""
    return max(
        t.ops_per_chunk / statistics.median(t.work)
        * statistics.median(t.probe) / t.cycles_per_probe
        for t in chains.ticks()
    )  # fmt: skip


def told(name: str, ratios: list[float]) -> str:
    return f"{name} {statistics.median(ratios):.3f} [{min(ratios):.2f} to {max(ratios):.2f}]"


def against_the_peak(
    own: Callable[[], float], precision: str, cpus: tuple[int, ...]
) -> Iterator[tuple[float, float, float]]:
    """Endless rounds of: our rate, over the peak by the chains' clock, over that by our own."""
    hertz = ticks_per_s()
    with (
        prepared("fma", "numba", precision, KERNELS["fma"].default_shape, cpus) as chains,
        prepared("fma", "numba", precision, FLASH, cpus) as flash,
    ):
        while True:
            chains_hz = hertz * clock_per_tick(chains)
            ops = ops_per_cycle(chains)
            mine = own()
            own_hz = hertz * clock_per_tick(flash)
            yield mine, mine / (ops * chains_hz), mine / (ops * own_hz)


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
    ours: list[float] = []
    ratios: dict[str, list[float]] = {f"own/{name}": [] for name in peers}
    if precision != "bf16" and HAS_CLOCK:
        rounds = against_the_peak(lambda: rate(own), precision, cpus)
        ratios |= {"own/peak": [], "own/peak at its own clock": []}
    else:  # the chains of BF16 are vectors: no peak for AMX
        rounds = ((mine, 0.0, 0.0) for mine in iter(lambda: rate(own), None))
    for turn in range(ROUNDS):
        early = {name: rate(peer) for name, peer in peers.items() if turn % 2}
        mine, *shares = next(rounds)
        theirs = early or {name: rate(peer) for name, peer in peers.items()}
        ours.append(mine)
        values = [*(mine / theirs[name] for name in peers), *shares]
        for into, value in zip(ratios.values(), values, strict=False):
            into.append(value)
    rounds.close()
    return [f"{statistics.median(ours) / 1e9:.1f} GFLOP/s"] + [
        told(name, found) for name, found in ratios.items()
    ]
