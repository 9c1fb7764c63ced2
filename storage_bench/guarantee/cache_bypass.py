"""Proof that a job went past the page cache: four parts, each of which can fail by itself.

No part needs root. What lies behind the drive's own plug (the memory of a RAID card, of an array or
of a virtual machine's host) is out of sight of all of them: only a large working set helps there.
"""

import ctypes
import errno
import mmap
import os
import random
from pathlib import Path

from storage_bench.job import Job, JobResult
from storage_bench.observations import Counters, Part, Proof

SAMPLED_PAGES = 256
RESIDENT_SHARE = 0.02
"""More sampled pages than this in the page cache were not left there by others."""
DEVICE_SHARE = 0.95
"""Share of the job's bytes that the device must have seen; writes may be merged."""
FASTEST_S = 5e-6
"""A read that crosses a bus to a drive takes longer; memory answers in less than 1 us."""


def prove(
    path: Path,
    job: Job,
    result: JobResult,
    seen: Counters | None,
    sequential_bytes_per_s: float | None = None,
) -> Proof:
    """Look at the file just after `job`; `seen` is what its device counted meanwhile."""
    return Proof(
        (
            alignment(path, job),
            residency(path, job.size_bytes, job.seed),
            device(result, seen),
            physics(result, sequential_bytes_per_s),
        )
    )


def alignment(path: Path, job: Job) -> Part:
    """Direct I/O must not accept what no drive can do: a read that begins within a sector."""
    name = "alignment"
    if not job.direct:
        return Part(name, False, "the job did not ask for direct I/O")
    try:
        file = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        return Part(name, False, f"O_DIRECT is refused: {error.strerror}")
    try:
        with mmap.mmap(-1, mmap.PAGESIZE) as buffer, memoryview(buffer)[:100] as odd:
            os.preadv(file, [odd], 1)
    except OSError as error:
        if error.errno == errno.EINVAL:
            return Part(name, True, "an unaligned read is refused")
        return Part(name, None, f"an unaligned read fails: {error.strerror}")
    finally:
        os.close(file)
    return Part(name, False, "an unaligned read is accepted: O_DIRECT is ignored here")


def residency(path: Path, size_bytes: int, seed: int) -> Part:
    """Reads that may not wait must find next to nothing in the page cache (RWF_NOWAIT).

    Such a read starts to fetch its page, and finds it where the drive is faster than this process
    comes back to the CPU: only a page that was there before counts.
    """
    name = "residency"
    pages = size_bytes // mmap.PAGESIZE
    sampled = random.Random(seed).sample(range(pages), min(SAMPLED_PAGES, pages))
    absent: list[int] = []
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        there = _in_core(file, sampled)
        # A refused read may still fetch its page in the background: that one alone, which no later
        # sample asks for.
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
        buffer = bytearray(mmap.PAGESIZE)
        for page in sampled:
            try:
                os.preadv(file, [buffer], page * mmap.PAGESIZE, os.RWF_NOWAIT)
            except BlockingIOError:
                absent.append(page)
        # What was fetched meanwhile has come in by now and can go again: the next proof of this
        # file must not find it.
        for page in absent:
            os.preadv(file, [buffer], page * mmap.PAGESIZE)
    except OSError as error:
        return Part(name, None, f"reads that may not wait are refused: {error.strerror}")
    finally:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)
    resident = len(there - set(absent))
    because = f"{resident} of {len(sampled)} sampled pages are in the page cache"
    return Part(name, resident <= RESIDENT_SHARE * len(sampled), because)


def _in_core(file: int, pages: list[int]) -> set[int]:
    """Those of `pages` that the page cache has; all of them where the system does not tell."""
    mincore, told = ctypes.CDLL(None).mincore, ctypes.c_ubyte()

    def known_absent(address: int) -> bool:
        asked = ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), ctypes.byref(told)
        return mincore(*asked) == 0 and not told.value & 1

    try:
        mapped = mmap.mmap(file, 0)
    except OSError:
        return set(pages)
    with mapped:
        begin = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
        return {page for page in pages if not known_absent(begin + page * mmap.PAGESIZE)}


def device(result: JobResult, seen: Counters | None) -> Part:
    """What was asked for must have passed through the device."""
    name = "device"
    if seen is None:
        return Part(name, None, "no device counts the I/O of this file system")
    because = f"the device moved {seen.io_bytes} of {result.io_bytes} bytes"
    return Part(name, seen.io_bytes >= DEVICE_SHARE * result.io_bytes, because)


def physics(result: JobResult, sequential_bytes_per_s: float | None) -> Part:
    """Half of the reads cannot be as fast as memory, nor random I/O faster than sequential."""
    name = "physics"
    if result.read is None or result.read.latency is None:
        return Part(name, None, "no latency of reads")
    median_s = result.read.latency.percentile_ns(0.5) / 1e9
    if median_s < FASTEST_S:
        return Part(name, False, f"half of the reads took less than {median_s * 1e6:.1f} us")
    rate = result.io_bytes / result.duration_s
    if sequential_bytes_per_s is not None and rate > sequential_bytes_per_s:
        because = f"{rate / 1e6:.0f} MB/s at random, {sequential_bytes_per_s / 1e6:.0f} in order"
        return Part(name, False, because)
    return Part(name, True, f"half of the reads took more than {median_s * 1e6:.1f} us")
