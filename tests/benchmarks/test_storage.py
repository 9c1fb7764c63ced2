"""The built-in storage engine against fio at equal parameters, as ratios of one alternating run.

`python -m pytest tests/benchmarks/test_storage.py --benchmark-enable -s`
Nothing about time is asserted; the folder is pytest's (`--basetemp` names another drive).
"""

import random
import shutil
import statistics
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from storage_bench import engine
from storage_bench.guard import fill, workspace
from storage_bench.job import Job, JobResult

ROUNDS = 24
SIZE_BYTES = 2**30
JOB = Job("4k", "randread", 4096, 1.0, 1, 1, SIZE_BYTES, 0.2, 1.0, 7)
QUICK = replace(JOB, size_bytes=2**22, ramp_s=0.0, duration_s=0.1)


def figures(result: JobResult) -> dict[str, float]:
    assert result.read is not None
    assert result.read.latency is not None
    return {
        "IOPS": result.ios / result.duration_s,
        "p50": result.read.latency.percentile_ns(0.5) / 1e3,
        "p99": result.read.latency.percentile_ns(0.99) / 1e3,
    }


def alternating(job: Job, data_file: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Figures of both engines, the order within each round drawn."""
    drawn = random.Random(1)
    found: dict[str, list[dict[str, float]]] = {"fio": [], "native": []}
    for number in range(rounds):
        seeded = replace(job, seed=number)
        for name in drawn.sample(("fio", "native"), 2):
            found[name].append(figures(engine.run(name, seeded, data_file)))
    return found


@pytest.mark.skipif(shutil.which("fio") is None, reason="fio is not installed")
@pytest.mark.parametrize("depth", [1, 32])
def test_native_against_fio(benchmark: BenchmarkFixture, tmp_path: Path, depth: int) -> None:
    """IOPS, p50 and p99 (submission to completion) of native over fio."""
    job, rounds = (JOB, ROUNDS) if benchmark.enabled else (QUICK, 1)
    job = replace(job, depth=depth)
    with workspace(tmp_path, job.size_bytes, allow_memory=True) as space:
        fill(space.data_file, job.size_bytes, job.seed)
        engine.run("native", replace(job, ramp_s=0.0, duration_s=0.1), space.data_file)  # compiles
        found = alternating(job, space.data_file, rounds)
        benchmark.pedantic(engine.run, args=("native", job, space.data_file), rounds=1)
    sys.stdout.write(f"\n4 KiB random read, depth {depth}, {rounds} rounds, native / fio\n")
    for name in ("IOPS", "p50", "p99"):
        fio, native = ([one[name] for one in found[who]] for who in ("fio", "native"))
        ratios = [ours / theirs for ours, theirs in zip(native, fio, strict=True)]
        ratio = statistics.median(ratios)
        benchmark.extra_info[name] = ratio
        sys.stdout.write(
            f"{name:>5}: {ratio:.3f} [{min(ratios):.3f}, {max(ratios):.3f}]   medians "
            f"{statistics.median(native):.0f} / {statistics.median(fio):.0f}\n"
        )
