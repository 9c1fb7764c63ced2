"""Simulated storage, for tests of whatever judges storage: deterministic, and without a wait."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage_bench.histogram import (
    BINS,
    COARSE_BINS,
    COARSE_BITS,
    coarse_latency,
    index_of,
    latency,
)
from storage_bench.job import Direction, Job, JobResult, Latency, Window

SECOND_NS = 10**9


@dataclass(frozen=True, slots=True)
class SimulatedDevice:
    """Storage that serves one operation after another at a fixed rate, and stands still at times.

    Its queue is endless; a job's own depth limits how far it fills. One thread of a job counts.
    """

    iops: float
    latency_s: float = 0.0002
    """Of an operation that meets no other."""
    stalls: Sequence[tuple[float, float]] = ()
    """Start and length, in seconds since the measured time began; nothing ends in them."""

    def run(self, job: Job) -> JobResult:
        """The result that a perfect engine would bring home."""
        ends_ns, latencies_ns = self._serve(job)
        is_read = _spread(job.read_share)
        whole: list[Counter[int]] = [Counter(), Counter()]
        each: list[list[Counter[int]]] = [
            [Counter(), Counter()] for _ in range(math.ceil(job.duration_s))
        ]
        largest = [0, 0]
        for number, (end_ns, latency_ns) in enumerate(zip(ends_ns, latencies_ns, strict=True)):
            way = 0 if is_read[number % len(is_read)] else 1
            index = index_of(latency_ns)
            whole[way][index] += 1
            each[end_ns // SECOND_NS][way][index >> COARSE_BITS] += 1
            largest[way] = max(largest[way], latency_ns)
        return JobResult(
            engine="native",
            engine_version="simulated",
            interface="simulated",
            duration_s=job.duration_s,
            read=_direction(whole[0], largest[0], job) if job.read_share > 0 else None,
            write=_direction(whole[1], largest[1], job) if job.read_share < 1 else None,
            warnings=(),
            windows=tuple(_window(i, ways, job.duration_s) for i, ways in enumerate(each)),
            cpu_share=0.1,
        )

    def _serve(self, job: Job) -> tuple[list[int], list[int]]:
        """End and latency of every operation that ends within the time."""
        until_ns = round(job.duration_s * 1e9)
        stalls_ns = [(round(start * 1e9), round(length * 1e9)) for start, length in self.stalls]
        service_ns, bare_ns = 1e9 / self.iops, self.latency_s * 1e9
        interval_ns = 1e9 / job.rate_iops if job.rate_iops else 0.0
        ends: list[int] = []
        latencies: list[int] = []
        idle_from_ns = -service_ns
        while True:
            number = len(ends)
            start_ns = number * interval_ns
            if number >= job.depth:
                start_ns = max(start_ns, ends[number - job.depth])
            end_ns = max(start_ns + bare_ns, idle_from_ns + service_ns)
            for begin_ns, length_ns in stalls_ns:
                if begin_ns <= end_ns < begin_ns + length_ns:
                    end_ns = begin_ns + length_ns
            if end_ns >= until_ns:
                return ends, latencies
            idle_from_ns = end_ns
            ends.append(int(end_ns))
            latencies.append(int(end_ns - start_ns))


@dataclass(slots=True)
class SimulatedDisk:
    """A disk with one arm: seeks as the square root of the distance, and waits for the platter."""

    span_bytes: int
    rpm: int = 7200
    shortest_seek_s: float = 0.0008
    full_seek_s: float = 0.014
    bytes_per_s: float = 180e6
    track_bytes: int = 1_200_000
    _now_s: float = field(default=0.0, init=False)
    _position: int = field(default=0, init=False)

    def read(self, offset: int, size_bytes: int) -> float:
        """Seconds that this read takes; the arm stays where it ended."""
        turn_s = 60 / self.rpm
        distance = abs(offset - self._position) / self.span_bytes
        seek_s = 0.0
        if distance > 0:
            far_s = (self.full_seek_s - self.shortest_seek_s) * math.sqrt(distance)
            seek_s = self.shortest_seek_s + far_s
        arrived = ((self._now_s + seek_s) / turn_s) % 1
        wanted = (offset / self.track_bytes) % 1
        wait_s = ((wanted - arrived) % 1) * turn_s if distance > 0 else 0.0
        taken_s = seek_s + wait_s + size_bytes / self.bytes_per_s
        self._now_s += taken_s
        self._position = offset + size_bytes
        return taken_s


@dataclass(slots=True)
class SimulatedFlash:
    """Flash: every place is equally far, and now and then the drive is busy with itself."""

    latency_s: float = 80e-6
    busy_s: float = 800e-6
    busy_every: int = 40
    _reads: int = field(default=0, init=False)

    def read(self, offset: int, size_bytes: int) -> float:
        """Seconds that this read takes."""
        self._reads += 1
        return self.busy_s if self._reads % self.busy_every == 0 else self.latency_s


def _spread(share: float) -> list[bool]:
    """A pattern of a hundred operations with this share of reads, evenly mixed."""
    return [math.floor((i + 1) * share + 1e-9) > math.floor(i * share + 1e-9) for i in range(100)]


def _direction(counts: Counter[int], largest_ns: int, job: Job) -> Direction:
    ios = counts.total()
    found: Latency | None = None
    if ios:
        found = latency([counts[i] for i in range(BINS)], 0, largest_ns)
    return Direction(ios, ios * job.block_bytes, found)


def _window(index: int, ways: list[Counter[int]], duration_s: float) -> Window:
    reads, writes = (coarse_latency([way[i] for i in range(COARSE_BINS)]) for way in ways)
    return Window(
        start_s=float(index),
        duration_s=min(1.0, duration_s - index),
        reads=ways[0].total(),
        writes=ways[1].total(),
        read_latency=reads,
        write_latency=writes,
    )
