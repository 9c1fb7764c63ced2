"""The log writer's profile by the built-in engine: small appends, each made durable."""

import mmap
import os
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from storage_bench.engines import uring
from storage_bench.errors import StorageError
from storage_bench.histogram import BINS, index_of, latency
from storage_bench.observations import Appends


def run(path: Path, block_bytes: int, size_bytes: int, limit_s: float, seed: int) -> Appends:
    """Write a new file at `path`, which must not exist, in a marked folder.

    Raises StorageError where a write or a sync fails.
    """
    import numpy

    from storage_bench.engines.native.append_loop import append_loop
    from storage_bench.engines.native.loops import SHORT, VERSION

    latencies_ns = numpy.zeros(size_bytes // block_bytes, numpy.int64)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(path, flags, 0o600)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be made: {error.strerror}.", "Check the folder's rights."
        ) from error
    try:
        with closing(mmap.mmap(-1, -(-block_bytes // mmap.PAGESIZE) * mmap.PAGESIZE)) as buffer:
            until_ns = time.monotonic_ns() + round(limit_s * 1e9)
            address = uring.address_of(buffer)
            done = int(append_loop(file, address, block_bytes, seed + 1, until_ns, latencies_ns))
    finally:
        os.close(file)
    if done < 0:
        why = "it moved too little" if done == SHORT else os.strerror(-1 - done)
        raise StorageError(f"An append to {path} failed: {why}.", "See the kernel's log.")
    found = [int(value) for value in latencies_ns[:done]]
    bins = Counter(map(index_of, found))
    return Appends(
        engine=f"native {VERSION}",
        block_bytes=block_bytes,
        syncs=done,
        sync_latency=latency([bins[i] for i in range(BINS)], min(found), max(found)),
    )
