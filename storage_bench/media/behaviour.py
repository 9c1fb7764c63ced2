"""Disk or flash by behaviour: whether a read takes longer the further it is from the one before.

Reads only, one at a time and at a capped rate, so that it may be done on storage in use. The
thresholds follow from the mechanics of disks (a turn at 7200 rpm takes 8.3 ms) and were tried on
simulated disks and on flash, not on a collection of real ones.
"""

import mmap
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage_bench.errors import StorageError
from storage_bench.media.classes import Claim, EvidenceLevel, Media, MediaClass

READS = 2000
READ_BYTES = 4096
SHORT_SHARE, LONG_SHARE = 0.01, 0.30
"""A short step is less than this share of the span, a long one more than that."""
MIN_SPAN_BYTES = 16 * 2**30
"""A smaller span may lie in the memory of a drive or a RAID card: a disk would look like flash."""
MAX_READS_PER_S = 1000.0
LONGEST_S = 30.0
MIN_READS = 200

DISK_LONG_S, DISK_RATIO = 3e-3, 1.5
DISK_SPREAD_S = 2.5e-3
"""From the first to the last tenth: where the platter stands is chance, and the fastest disks
(15 000 rpm) turn in 4 ms."""
FLASH_S, FLASH_RATIO = 1e-3, 1.2
THROTTLED_TAIL = 200.0
"""p99 over p50 of fast reads: a quota that refills in jerks, as virtual disks have."""

LOCAL = ("nvme", "sata", "sas", "usb", "mmc")
"""Ways to reach a drive that lead past nobody else's memory."""

Read = Callable[[int], float]
"""Reads READ_BYTES at an offset, and returns the seconds that it took."""


@dataclass(frozen=True, slots=True)
class BehaviourProbe:
    """Latencies after a short and after a long step, in the order in which they were read."""

    span_bytes: int
    short_s: tuple[float, ...]
    long_s: tuple[float, ...]


def probe(read: Read, span_bytes: int, reads: int = READS, seed: int = 1) -> BehaviourProbe:
    """Read at the end of short and long steps in turn; stops early where reads take long."""
    if span_bytes < 1000 * READ_BYTES:
        raise StorageError(
            f"A span of {span_bytes} bytes has no long steps.", "Name a larger file or a drive."
        )
    drawn = random.Random(seed)
    short: list[float] = []
    long: list[float] = []
    position, total_s = 0, 0.0
    read(position)
    for number in range(reads):
        is_long = number % 2 == 1
        position = _step(position, span_bytes, is_long, drawn)
        taken_s = read(position)
        (long if is_long else short).append(taken_s)
        total_s += taken_s
        if total_s > LONGEST_S:
            break
    return BehaviourProbe(span_bytes, tuple(short), tuple(long))


def claim(found: BehaviourProbe, *, hidden: bool) -> Claim:
    """What the latencies say; `hidden` where memory of another machine may stand before the medium.

    Seeks cannot be faked by a cache, so a disk is a disk anywhere. Speed can: it proves flash only
    on a local drive, and only over a span that no drive's own memory holds.
    """
    if min(len(found.short_s), len(found.long_s)) < MIN_READS // 2:
        return _unknown(f"only {len(found.short_s) + len(found.long_s)} reads could be made")
    short_s, long_s = statistics.median(found.short_s), statistics.median(found.long_s)
    tenths = statistics.quantiles(found.long_s, n=10)
    spread_s, ratio = tenths[8] - tenths[0], long_s / short_s
    what = (
        f"half of the reads after a long step took {long_s * 1e3:.3g} ms, {ratio:.2f} times as "
        "long as after a short one"
    )
    if long_s >= DISK_LONG_S and ratio >= DISK_RATIO and spread_s >= DISK_SPREAD_S:
        return Claim(MediaClass.DISK, EvidenceLevel.BEHAVIOURAL, what)
    if not (long_s < FLASH_S and ratio < FLASH_RATIO):
        return _unknown(f"{what}: neither a disk's behaviour nor that of flash")
    tail_s = statistics.quantiles(found.short_s + found.long_s, n=100)[98]
    if tail_s > THROTTLED_TAIL * long_s:
        return _unknown(f"{what}, the slowest of a hundred {tail_s * 1e3:.3g} ms: throttled")
    if hidden:
        return _unknown(f"{what}: consistent with flash, and with memory before a disk")
    if found.span_bytes < MIN_SPAN_BYTES:
        return _unknown(f"{what}: the drive's memory may hold {found.span_bytes} bytes")
    return Claim(MediaClass.FLASH, EvidenceLevel.BEHAVIOURAL, what)


def hidden(media: Media) -> bool:
    """Whether somebody else's memory may stand before one of these drives."""
    return any(
        leaf.transport not in LOCAL or leaf.media in (MediaClass.UNKNOWN, MediaClass.NETWORK)
        for leaf in media.leaves
    )


def probe_path(path: Path, reads: int = READS) -> BehaviourProbe:
    """Probe a file or a drive, for which only the right to read is needed.

    Raises StorageError where it cannot be read past the page cache.
    """
    flags = os.O_RDONLY | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(path, flags)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read past the page cache: {error.strerror}.",
            "Name a large file on the storage; a drive needs root.",
        ) from error
    try:
        span_bytes = os.lseek(file, 0, os.SEEK_END)
        with mmap.mmap(-1, READ_BYTES) as buffer:
            return probe(_reader(file, buffer), span_bytes, reads)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror}.", "See the kernel's log."
        ) from error
    finally:
        os.close(file)


def _reader(file: int, buffer: mmap.mmap) -> Read:
    next_s = time.monotonic()

    def read(offset: int) -> float:
        nonlocal next_s
        time.sleep(max(0.0, next_s - time.monotonic()))
        start_s = time.monotonic()
        next_s = start_s + 1 / MAX_READS_PER_S
        os.preadv(file, [buffer], offset)
        return time.monotonic() - start_s

    return read


def _step(position: int, span_bytes: int, is_long: bool, drawn: random.Random) -> int:
    """A place at the wanted distance, on whichever side there is room."""
    low, high = (LONG_SHARE, 0.5) if is_long else (0.0, SHORT_SHARE)
    distance = int(drawn.uniform(low, high) * span_bytes) + READ_BYTES
    room = [
        place
        for place in (position - distance, position + distance)
        if 0 <= place <= span_bytes - READ_BYTES
    ]
    return drawn.choice(room) // READ_BYTES * READ_BYTES


def _unknown(reason: str) -> Claim:
    return Claim(MediaClass.UNKNOWN, EvidenceLevel.BEHAVIOURAL, reason)
