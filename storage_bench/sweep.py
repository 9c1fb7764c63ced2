"""One job over a range of depths, block sizes or mixes, and the knee of its curve."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from storage_bench.histogram import merged
from storage_bench.job import Job, JobResult

DEPTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BLOCKS_BYTES = (4096, 8192, 16384, 65536, 262144, 1048576)
READ_SHARES = (1.0, 0.95, 0.7, 0.5, 0.3, 0.0)
FLAT_SHARE = 0.05
"""Twice the depth for less than this much more rate: the device is saturated."""

Run = Callable[[Job], JobResult]


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One step of a sweep."""

    depth: int
    block_bytes: int
    read_share: float
    iops: float
    bytes_per_s: float
    p50_s: float | None
    p99_s: float | None
    max_s: float | None


@dataclass(frozen=True, slots=True)
class Knee:
    """Where more in flight stops paying."""

    usable: SweepPoint | None
    """The last point before the first whose p99 leaves the bound; None where none keeps it."""
    saturated: SweepPoint | None
    """The first point after which twice the depth brings next to nothing; None where it always
    brought more."""


def depths(run: Run, job: Job, steps: Iterable[int] = DEPTHS) -> tuple[SweepPoint, ...]:
    """The job at each depth, as a closed loop."""
    return tuple(_point(run, replace(job, depth=depth, rate_iops=None)) for depth in steps)


def block_sizes(run: Run, job: Job, steps: Iterable[int] = BLOCKS_BYTES) -> tuple[SweepPoint, ...]:
    """The job with each size of block, over as many whole blocks as the file has."""
    return tuple(
        _point(run, replace(job, block_bytes=size, size_bytes=job.size_bytes // size * size))
        for size in steps
    )


def mixes(run: Run, job: Job, steps: Iterable[float] = READ_SHARES) -> tuple[SweepPoint, ...]:
    """The job, at random, with each share of reads."""
    return tuple(_point(run, replace(job, pattern="randrw", read_share=share)) for share in steps)


def knee(points: Sequence[SweepPoint], p99_bound_s: float) -> Knee:
    """Read a sweep over rising depths."""
    usable = None
    for point in points:
        if point.p99_s is None or not (point.p99_s <= p99_bound_s):
            break
        usable = point
    flat = (a for a, b in itertools.pairwise(points) if not (b.iops > a.iops * (1 + FLAT_SHARE)))
    return Knee(usable, next(flat, None))


def _point(run: Run, job: Job) -> SweepPoint:
    result = run(job)
    ways = [way.latency for way in (result.read, result.write) if way is not None]
    latency = merged(ways)
    return SweepPoint(
        depth=job.depth * job.threads,
        block_bytes=job.block_bytes,
        read_share=job.read_share,
        iops=result.ios / result.duration_s,
        bytes_per_s=result.io_bytes / result.duration_s,
        p50_s=None if latency is None else latency.percentile_ns(0.5) / 1e9,
        p99_s=None if latency is None else latency.percentile_ns(0.99) / 1e9,
        max_s=None if latency is None else latency.max_ns / 1e9,
    )
