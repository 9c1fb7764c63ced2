"""Our vector and memory kernels against likwid-bench, pair by pair in one alternating run.

`apt install likwid`, then
`python -m pytest tests/benchmarks/test_peers.py --benchmark-enable -s`

Prints the median of the ratios ours / likwid with their range, for one core and for all, at equal
instruction set, kind of store, array size and (huge) pages; and operations per core cycle, which
need no peer. It asserts that the results are right, and nothing about time.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.machine.cpu.processor import processor
from kernels import KERNELS
from kernels.kernel import Launch, Place, Request
from kernels.precision import PRECISIONS

PAIRS = 8
STRETCH_S = 0.5
"""How long each side of a pair runs."""
ARRAY_MB = 256
WORKERS = processor().workers
HUGE_PAGES = os.environ | {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@dataclass(frozen=True)
class Peer:
    """The likwid-bench kernel that does the same as one of ours."""

    kernel: str
    implementation: str
    precision: str
    likwid: str
    arrays: int
    """0 for a kernel that stays in registers."""


FLOPS = (
    Peer("fma", "numba", "fp32", "peakflops_sp_avx512_fma", 0),
    Peer("fma", "numba", "fp64", "peakflops_avx512_fma", 0),
)
MEMORY = (
    Peer("stream.read", "numba", "fp64", "load_avx512", 1),
    Peer("stream.copy", "numba", "fp64", "copy_avx512", 2),
    Peer("stream.copy", "numba-nt", "fp64", "copy_mem_avx512", 2),
    Peer("stream.triad", "numba", "fp64", "stream_avx512", 3),
    Peer("stream.triad", "numba-nt", "fp64", "stream_mem_avx512", 3),
)


def launch(peer: Peer, cpus: tuple[int, ...], megabytes: int) -> Launch:
    kernel = KERNELS[peer.kernel]
    shape = (megabytes * 10**6 // 8,) if peer.arrays else kernel.default_shape
    made = kernel.prepare(
        Request(peer.implementation, PRECISIONS[peer.precision], shape, 1, Place("cpu", cpus))
    )
    made.run()
    return made


def ours(made: Launch, amount: int) -> float:
    """FLOP/s or B/s of whole launches over at least a stretch of wall time."""
    began_s, count = time.perf_counter(), 0
    while time.perf_counter() - began_s < STRETCH_S:
        made.run()
        count += 1
    return amount * count / (time.perf_counter() - began_s)


def theirs(peer: Peer, workers: int) -> float:
    """The rate that likwid-bench prints, in FLOP/s or B/s."""
    size = f"{ARRAY_MB * peer.arrays}MB" if peer.arrays else f"{24 * workers}kB"
    done = subprocess.run(
        ["likwid-bench", "-t", peer.likwid, "-s", "1", "-w", f"S0:{size}:{workers}"],
        capture_output=True,
        text=True,
        check=True,
        env=HUGE_PAGES,
    )
    unit = "MByte/s" if peer.arrays else "MFlops/s"
    found = re.search(rf"{unit}:\s+([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1]) * 1e6


def per_cycle(made: Launch) -> float | None:
    """Operations per core cycle: chunks against the probes beside them, median of all workers."""
    ratios = [
        worker.ops_per_chunk / statistics.median(worker.work)
        * statistics.median(worker.probe) / worker.cycles_per_probe
        for worker in made.ticks()
        if len(worker.probe)
    ]  # fmt: skip
    return statistics.mean(ratios) if ratios else None


@pytest.mark.parametrize("workers", sorted({1, len(WORKERS)}))
@pytest.mark.parametrize("peer", FLOPS + MEMORY, ids=lambda p: f"{p.kernel}-{p.likwid}")
def test_ours_against_likwid(benchmark: BenchmarkFixture, peer: Peer, workers: int) -> None:
    made = launch(peer, WORKERS[:workers], ARRAY_MB if benchmark.enabled else 1)
    amount = made.work.bytes_moved if peer.arrays else made.work.ops
    try:
        if benchmark.enabled:
            if shutil.which("likwid-bench") is None:
                pytest.skip("likwid-bench is not installed: apt install likwid")
            pairs = [(ours(made, amount), theirs(peer, workers)) for _ in range(PAIRS)]
            told = [mine / other for mine, other in pairs]
            cycles = per_cycle(made)
            sys.stdout.write(
                f"\n{peer.kernel} {peer.implementation} {peer.precision}, {workers} workers: "
                f"{statistics.median(told):.3f} x {peer.likwid} "
                f"[{min(told):.2f} to {max(told):.2f}], medians "
                f"{statistics.median(p[0] for p in pairs) / 1e9:.1f} and "
                f"{statistics.median(p[1] for p in pairs) / 1e9:.1f} G/s"
                + (f", {cycles:.2f} operations a cycle" if cycles and not peer.arrays else "")
                + "\n"
            )
            benchmark.extra_info["ratio"] = statistics.median(told)
        benchmark.pedantic(made.run, rounds=1)
        assert made.error() <= made.tolerance
    finally:
        made.close()
