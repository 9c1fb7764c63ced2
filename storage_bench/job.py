"""What a storage job is, and what comes of it. Bytes and nanoseconds as integers."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from storage_bench.errors import StorageError

Pattern = Literal["randread", "randwrite", "randrw", "read", "write"]


@dataclass(frozen=True, slots=True)
class Job:
    """One load on one file: the same for every engine."""

    name: str
    pattern: Pattern
    block_bytes: int
    read_share: float
    """Share of operations that read: 1 for reads, 0 for writes, 0.7 for a 70/30 mix."""
    depth: int
    """Operations in flight, in each of `threads`."""
    threads: int
    size_bytes: int
    """Size of the file, really written with incompressible data before the load."""
    ramp_s: float
    """Load that is applied and not counted, before `duration_s` begins."""
    duration_s: float
    seed: int
    direct: bool = True
    """O_DIRECT: past the page cache of this machine."""
    rate_iops: float | None = None
    """Operations a second that fall due over all threads, however fast the drive answers: an open
    loop, which makes up for a stall. None is a closed loop: as fast as `depth` allows."""

    def __post_init__(self) -> None:
        if self.block_bytes <= 0 or self.block_bytes % 512:
            raise ValueError(f"block_bytes is {self.block_bytes}; wanted a multiple of 512")
        if self.size_bytes < self.block_bytes or self.size_bytes % self.block_bytes:
            raise ValueError("size_bytes must be a whole number of blocks")
        if self.depth < 1 or self.threads < 1 or self.duration_s <= 0 or self.ramp_s < 0:
            raise ValueError("depth, threads and duration_s must be above 0, ramp_s at least 0")
        if self.rate_iops is not None and not self.rate_iops > 0:
            raise ValueError(f"rate_iops is {self.rate_iops}; wanted above 0")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; wanted 0 or more")
        expected = {"randread": (1.0,), "read": (1.0,), "randwrite": (0.0,), "write": (0.0,)}
        if self.read_share not in expected.get(self.pattern, (self.read_share,)):
            raise ValueError(f"read_share {self.read_share} does not fit pattern {self.pattern}")
        if not 0 <= self.read_share <= 1:
            raise ValueError(f"read_share is {self.read_share}; wanted 0 to 1")
        if abs(self.read_share * 100 - round(self.read_share * 100)) > 1e-9:
            raise ValueError(f"read_share is {self.read_share}; wanted whole per cent")

    def region_bytes(self, threads: int) -> int:
        """Share of the file that each of `threads` walks through in a sequential job.

        Raises StorageError where the file has fewer blocks than threads.
        """
        blocks = self.size_bytes // self.block_bytes // threads
        if blocks == 0:
            raise StorageError(
                f"{threads} threads have less than one block each of {self.size_bytes} bytes.",
                "Ask for a larger file, or for fewer operations in flight.",
            )
        return blocks * self.block_bytes


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from submission to completion, as a histogram of nanoseconds."""

    bins_ns: tuple[int, ...]
    """Representative value of each bin, rising."""
    counts: tuple[int, ...]
    min_ns: int
    max_ns: int
    """Exact largest latency: a histogram may saturate, this does not."""

    def percentile_ns(self, share: float) -> int:
        """The value that `share` (0 to 1) of the operations did not exceed, to bin resolution.

        Raises ValueError for an empty histogram.
        """
        total = sum(self.counts)
        if total == 0:
            raise ValueError("an empty histogram has no percentile")
        seen = list(accumulate(self.counts))
        place = bisect_left(seen, share * total) if share > 0 else bisect_right(seen, 0)
        if place == len(seen):  # by rounding
            return self.max_ns
        return min(max(self.bins_ns[place], self.min_ns), self.max_ns)


@dataclass(frozen=True, slots=True)
class Direction:
    """The reads or the writes of a job."""

    ios: int
    io_bytes: int
    latency: Latency | None
    """None where the engine kept no histogram."""


@dataclass(frozen=True, slots=True)
class Window:
    """One second on the clock: what ended in it, which may be nothing."""

    start_s: float
    """Since the measured time began, after the ramp."""
    duration_s: float
    """1, and less where the measured time ends within the second."""
    reads: int
    writes: int
    read_latency: Latency | None
    """Of the reads that ended here; None where there were none or the engine lost them."""
    write_latency: Latency | None

    @property
    def ios(self) -> int:
        return self.reads + self.writes


@dataclass(frozen=True, slots=True)
class JobResult:
    """What an engine did: counts over one stretch of wall time, no rates."""

    engine: Literal["fio", "native"]
    engine_version: str
    interface: str
    """How the system was asked: `io_uring`, `libaio`, or `psync` (pread and pwrite in threads)."""
    duration_s: float
    read: Direction | None
    """None where the job did no reads."""
    write: Direction | None
    """None where the job did no writes."""
    warnings: tuple[str, ...]
    windows: tuple[Window, ...] = ()
    """Every second of the measured time, in order and without a gap; () where none were kept."""
    cpu_share: float | None = None
    """CPU time over wall time of the busiest thread (fio: of the mean one); near 1 the load was
    limited by this machine and not by the drive. None where the engine does not say."""

    @property
    def ios(self) -> int:
        return sum(d.ios for d in (self.read, self.write) if d is not None)

    @property
    def io_bytes(self) -> int:
        return sum(d.io_bytes for d in (self.read, self.write) if d is not None)
