"""The built-in storage engine against fio at equal parameters, as ratios of one alternating run.

`python -m pytest tests/benchmarks/test_storage.py --benchmark-enable -s`
Nothing about time is asserted; the folder is pytest's (`--basetemp` names another drive).

Both engines are measured from submission to reaping (fio's `lat_ns`), by the same bins, after the
same ramp, on one CPU: at depth 1 the CPU that takes the drive's interrupts answers a third sooner
than another, so that chance would decide. That CPU is kept awake by a loop of the idle class, which
yields at once: a CPU wakes the slower the longer it slept, so that an engine with less work between
two operations would be punished for it. fio runs twice in each round: what it differs from itself
is what the machine's noise hides, and an interval as wide as 10 % settles nothing about 10 %. On a
machine that others use too, put `chrt -f 1` before the command: both engines inherit it, and no
other process then takes the CPU from a completion for milliseconds.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.evidence.codec import replace
from storage_bench.engines import choose
from storage_bench.engines.choose import Engine
from storage_bench.histogram import merged
from storage_bench.job import Job, JobResult
from storage_bench.workspace.guard import fill, workspace

ROUNDS = 60
RESAMPLED = 400
SIZE_BYTES = 2**30
JOB = Job("4k", "randread", 4096, 1.0, 1, 1, SIZE_BYTES, 0.1, 0.25, 7)
"""Short, so that what disturbs the machine for seconds meets all engines alike."""
QUICK = replace(JOB, size_bytes=2**22, ramp_s=0.0, duration_s=0.1)
ENGINES: dict[str, Engine] = {"fio": "fio", "native": "native", "fio again": "fio"}
POLICIES = {os.SCHED_OTHER: "other", os.SCHED_FIFO: "fifo", os.SCHED_RR: "rr"}

Figure = Callable[[Sequence[JobResult]], float]


@contextmanager
def one_cpu() -> Iterator[int]:
    """Hold this process, and the engines that it starts, to the last CPU that it may use."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield max(allowed)
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def awake(cpu: int) -> Iterator[None]:
    """Keep a CPU from sleeping, and take no time from anybody who wants it."""
    code = (
        f"import os; os.sched_setaffinity(0, {{{cpu}}}); "
        "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as loop:
        try:
            yield
        finally:
            loop.kill()


def iops(results: Sequence[JobResult]) -> float:
    return sum(one.ios for one in results) / sum(one.duration_s for one in results)


def percentile(share: float) -> Figure:
    def figure(results: Sequence[JobResult]) -> float:
        latency = merged(one.read.latency for one in results if one.read is not None)
        assert latency is not None
        return latency.percentile_ns(share) / 1e3

    return figure


FIGURES: dict[str, Figure] = {
    "IOPS": iops,
    "p50": percentile(0.5),
    "p99": percentile(0.99),
    "p99.9": percentile(0.999),
}


def alternating(job: Job, data_file: Path, rounds: int) -> dict[str, list[JobResult]]:
    """Results of every round, the order within each drawn."""
    drawn = random.Random(1)
    found: dict[str, list[JobResult]] = {name: [] for name in ENGINES}
    for number in range(rounds):
        seeded = replace(job, seed=number)
        for name in drawn.sample(sorted(ENGINES), len(ENGINES)):
            found[name].append(choose.run(ENGINES[name], seeded, data_file))
    return found


def line(figure: Figure, ours: list[JobResult], fio: list[JobResult]) -> tuple[float, str]:
    """The ratio over all rounds, and beside it how well the rounds settle it.

    Percentiles are those of the joined histograms. The interval holds 95 % of the ratios that the
    same number of rounds gives when they are drawn again with replacement.
    """
    drawn, everyone = random.Random(2), range(len(fio))
    resampled = []
    for _ in range(RESAMPLED):
        chosen = drawn.choices(everyone, k=len(fio))
        resampled.append(figure([ours[i] for i in chosen]) / figure([fio[i] for i in chosen]))
    low, *_, high = statistics.quantiles(resampled, n=40)
    rounds = [figure([a]) / figure([b]) for a, b in zip(ours, fio, strict=True)]
    ratio = figure(ours) / figure(fio)
    return ratio, (
        f"{ratio:.3f} [{low:.3f}, {high:.3f}]   {figure(ours):8.0f} / {figure(fio):8.0f}   "
        f"rounds: {statistics.median(rounds):.3f} [{min(rounds):.3f}, {max(rounds):.3f}]"
    )


@pytest.mark.skipif(shutil.which("fio") is None, reason="fio is not installed")
@pytest.mark.parametrize("depth", [1, 32])
def test_native_against_fio(benchmark: BenchmarkFixture, tmp_path: Path, depth: int) -> None:
    """IOPS, p50, p99 and p99.9 of native over fio, and of fio over itself."""
    job, rounds = (JOB, ROUNDS) if benchmark.enabled else (QUICK, 1)
    job = replace(job, depth=depth)
    with (
        workspace(tmp_path, job.size_bytes, allow_memory=True) as space,
        one_cpu() as cpu,
        awake(cpu),
    ):
        fill(space.data_file, job.size_bytes, job.seed)
        choose.run("native", replace(job, ramp_s=0.0, duration_s=0.1), space.data_file)  # compiles
        found = alternating(job, space.data_file, rounds)
        benchmark.pedantic(choose.run, args=("native", job, space.data_file), rounds=1)
    fio, native = found["fio"], found["native"]
    policy = POLICIES.get(os.sched_getscheduler(0), "another")
    sys.stdout.write(
        f"\n4 KiB random read of {job.size_bytes / 1e9:.1f} GB, depth {depth}, {rounds} rounds of "
        f"{job.duration_s} s after {job.ramp_s} s\n"
        f"native by {native[0].interface}; fio {fio[0].engine_version} by {fio[0].interface}; "
        f"both on CPU {cpu}, kept awake, scheduling policy {policy}\n"
    )
    for name in ("native", "fio again"):
        sys.stdout.write(f"{name} / fio, all rounds joined [95 %], IOPS and us\n")
        for title, figure in FIGURES.items():
            ratio, text = line(figure, found[name], fio)
            benchmark.extra_info[f"{name} {title}"] = ratio
            sys.stdout.write(f"{title:>7}: {text}\n")
