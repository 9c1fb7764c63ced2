"""Runs a job by compiled loops in threads, and gathers what they counted."""

import errno
import math
import mmap
import os
import random
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from storage_bench.engines import uring
from storage_bench.errors import StorageError
from storage_bench.histogram import BINS, COARSE_BINS, coarse_latency, latency
from storage_bench.job import Direction, Job, JobResult, Window
from storage_bench.workspace.guard import require_data_file

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

Interface = Literal["io_uring", "psync"]
PAGE_BYTES = 4096
"""Buffers begin on a page, which satisfies any drive's alignment."""
HEAD_START_NS = 2_000_000
"""From the moment when all threads are ready to the common start of their load."""


def interface(timed: bool = False) -> Interface:
    """How the kernel would be asked here: io_uring where it is allowed.

    `timed` is for a job with a rate, which must not wait for completions alone.
    """
    return "psync" if uring.refused(timed) else "io_uring"


def run(job: Job, path: Path, through: Interface | None = None) -> JobResult:
    """Load the filled file `path` with `job`; raises StorageError where any I/O failed.

    An I/O counts if it ends in the `duration_s` after the ramp, on one clock for all threads.
    Without io_uring each operation in flight is a thread of its own. Latency is counted from
    submission, also of an operation that was due before.
    """
    require_data_file(path, job)
    through = through or interface(timed=job.rate_iops is not None)
    file = _open(path, job)
    try:
        workers = _Workers(job, file, through)
        workers.run()
    finally:
        os.close(file)
    workers.require_success()
    return JobResult(
        engine="native",
        engine_version=workers.version,
        interface=through,
        duration_s=job.duration_s,
        read=workers.direction(0, job.block_bytes),
        write=workers.direction(1, job.block_bytes),
        warnings=(),
        windows=workers.windows(),
        cpu_share=workers.cpu_share(),
    )


class _Workers:
    """The threads of one job. Each has its own counts, buffers and ring; they share the clock."""

    def __init__(self, job: Job, file: int, through: Interface) -> None:
        import numpy

        from storage_bench.engines.native import counting, loops

        self._loops, self._counting = loops, counting
        self.version = str(loops.VERSION)
        self._job, self._file = job, file
        self._depth = job.depth if through == "io_uring" else 1
        self._threads = job.threads * job.depth // self._depth
        self._body = self._uring if through == "io_uring" else self._sync
        self._plans = numpy.array([self._plan(i) for i in range(self._threads)], numpy.int64)
        self._counts = numpy.zeros((self._threads, 2, BINS + 2), numpy.int64)
        self._counts[:, :, counting.MINIMUM] = numpy.iinfo(numpy.int64).max
        seconds = math.ceil(job.duration_s)
        self._seconds = numpy.zeros((seconds, 2, counting.WINDOW_COLUMNS), numpy.int64)
        self._cpu_s = [0.0] * self._threads
        self._results: list[int | OSError] = [0] * self._threads
        self._stop = mmap.mmap(-1, PAGE_BYTES)
        self._ready = threading.Barrier(self._threads, action=self._set_times)
        seeds = random.Random(job.seed)
        self._seeds = [seeds.randrange(1, 2**64) for _ in range(self._threads)]

    def _plan(self, index: int) -> tuple[int, ...]:
        """What one thread does, in the order that loops.py names; times are set at the start."""
        job = self._job
        is_random = job.pattern.startswith("rand")
        region_bytes = job.size_bytes if is_random else job.region_bytes(self._threads)
        first = 0 if is_random else index * region_bytes // job.block_bytes
        blocks = region_bytes // job.block_bytes
        read_below = round(job.read_share * 2**32)
        interval_ps = round(self._threads * 1e12 / job.rate_iops) if job.rate_iops else 0
        return (job.block_bytes, first, blocks, is_random, read_below, 0, 0, 0, interval_ps)

    def _set_times(self) -> None:
        begin_ns = time.monotonic_ns() + HEAD_START_NS
        from_ns = begin_ns + round(self._job.ramp_s * 1e9)
        loops, plans = self._loops, self._plans
        plans[:, loops.FROM_NS] = from_ns
        plans[:, loops.UNTIL_NS] = from_ns + round(self._job.duration_s * 1e9)
        # Each thread's operations fall due between those of the others.
        for index, plan in enumerate(plans):
            shift_ps = plan[loops.INTERVAL_PS] * index // self._threads
            plan[loops.BEGIN_NS] = begin_ns + shift_ps // 1000

    def run(self) -> None:
        threads = [
            threading.Thread(target=self._work, args=(index,), daemon=True)
            for index in range(self._threads)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except RuntimeError as error:
            raise StorageError(
                f"{self._threads} threads cannot be started: {error}.",
                "Ask for fewer operations in flight.",
            ) from error
        finally:
            # After Ctrl-C the threads still use the file and the buffers: they end first.
            self._stop[0] = 1
            self._ready.abort()
            # One that was just being started cannot be joined, but is listed.
            while not set(threads).isdisjoint(threading.enumerate()):
                time.sleep(0.001)

    def _work(self, index: int) -> None:
        size = self._depth * -(-self._job.block_bytes // PAGE_BYTES) * PAGE_BYTES
        try:
            with closing(mmap.mmap(-1, size)) as buffers:
                self._results[index] = self._body(index, uring.address_of(buffers), size)
        except OSError as error:
            self._results[index] = error
            self._ready.abort()
        except threading.BrokenBarrierError:
            return
        if self._results[index]:
            self._stop[0] = 1

    def _sync(self, index: int, buffer: int, _size_bytes: int) -> int:
        self._ready.wait()
        return self._timed(index, self._loops.sync_loop, self._file, buffer, *self._common(index))

    def _uring(self, index: int, buffers: int, size_bytes: int) -> int:
        import numpy

        slots = numpy.zeros((3, self._depth), numpy.int64)
        scratch = numpy.zeros(5, numpy.int64)
        with uring.Ring(self._depth) as ring:
            words = ring.first_words(self._file, buffers, size_bytes)
            defer = bool(ring.flags & uring.DEFER_TASKRUN)
            described = (ring.file, *ring.addresses, *words, defer, scratch.ctypes.data)
            plan = numpy.array(described, numpy.int64)
            self._ready.wait()
            work = (plan, buffers, self._depth, *self._common(index), slots)
            return self._timed(index, self._loops.uring_loop, *work)

    def _common(self, index: int) -> tuple[Any, ...]:
        stop, seconds = uring.address_of(self._stop), self._seconds.ctypes.data
        return self._plans[index], self._seeds[index], stop, seconds, self._counts[index]

    def _timed(self, index: int, loop: Any, *arguments: Any) -> int:
        """Run a loop to its end and note the CPU time that its thread took."""
        before_s = time.thread_time()
        try:
            return int(loop(*arguments))
        finally:
            self._cpu_s[index] = time.thread_time() - before_s

    def cpu_share(self) -> float:
        """CPU time over wall time of the busiest thread, ramp included."""
        return max(self._cpu_s) / (self._job.ramp_s + self._job.duration_s)

    def windows(self) -> tuple[Window, ...]:
        """Every second of the measured time, all threads together."""
        found = []
        for index, rows in enumerate(self._seconds):
            reads, writes = (
                coarse_latency(row[:COARSE_BINS].tolist(), int(row[COARSE_BINS])) for row in rows
            )
            found.append(
                Window(
                    start_s=float(index),
                    duration_s=min(1.0, self._job.duration_s - index),
                    reads=sum(reads.counts) if reads else 0,
                    writes=sum(writes.counts) if writes else 0,
                    read_latency=reads,
                    write_latency=writes,
                )
            )
        return tuple(found)

    def require_success(self) -> None:
        """Raise the first failure of any thread."""
        for result in self._results:
            if isinstance(result, OSError):
                raise StorageError(
                    f"A thread of the built-in engine could not start: {result.strerror}.",
                    "Ask for fewer operations in flight, or raise the memory-lock limit.",
                ) from result
            if result == self._loops.SHORT:
                raise StorageError(
                    "An I/O moved fewer bytes than a block.", "Check the file system and its quota."
                )
            if result:
                raise _failed(result, self._job)
        if not self._counts[:, :, :BINS].any():
            raise StorageError(
                f"Not one I/O ended within {self._job.duration_s} s.", "Look for a hung drive."
            )

    def direction(self, row: int, block_bytes: int) -> Direction | None:
        """All threads' reads (row 0) or writes (row 1); None where the job does none."""
        wanted = self._job.read_share > 0 if row == 0 else self._job.read_share < 1
        if not wanted:
            return None
        counts: NDArray[int64] = self._counts[:, row, :BINS].sum(axis=0)
        ios = int(counts.sum())
        if ios == 0:
            return Direction(ios=0, io_bytes=0, latency=None)
        smallest = self._counts[:, row, self._counting.MINIMUM].min()
        largest = self._counts[:, row, self._counting.MAXIMUM].max()
        return Direction(
            ios, ios * block_bytes, latency(counts.tolist(), int(smallest), int(largest))
        )


def _open(path: Path, job: Job) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_RDONLY if job.read_share == 1 else os.O_RDWR)
    try:
        return os.open(path, flags | (os.O_DIRECT if job.direct else 0))
    except OSError as error:
        if error.errno == errno.EINVAL and job.direct:
            raise StorageError(
                f"The file system of {path} refuses O_DIRECT: every read could come from memory.",
                "Name a folder on another file system.",
            ) from error
        raise StorageError(
            f"{path} cannot be opened: {error.strerror}.", "Check the file's rights."
        ) from error


def _failed(code: int, job: Job) -> StorageError:
    if code == errno.EINVAL:
        return StorageError(
            f"The drive refuses blocks of {job.block_bytes} bytes past the page cache.",
            "Ask for a multiple of its sector size, 4096 on most.",
        )
    return StorageError(
        f"An I/O failed: {os.strerror(code)}.", "See the kernel's log for what the drive said."
    )
