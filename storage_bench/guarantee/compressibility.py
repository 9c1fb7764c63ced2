"""Blocks read back from a file: whether they could have been compressed or stored only once."""

import hashlib
import mmap
import os
import random
import zlib
from pathlib import Path

from storage_bench.errors import StorageError
from storage_bench.observations import DataSample


def sample(path: Path, size_bytes: int, block_bytes: int, blocks: int, seed: int) -> DataSample:
    """Read so many blocks at random places; raises StorageError where that fails."""
    there = size_bytes // block_bytes
    chosen = random.Random(seed).sample(range(there), min(blocks, there))
    compressed_bytes, seen = 0, set()
    try:
        file = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            with mmap.mmap(-1, -(-block_bytes // mmap.PAGESIZE) * mmap.PAGESIZE) as buffer:
                for block in chosen:
                    with memoryview(buffer)[:block_bytes] as part:
                        os.preadv(file, [part], block * block_bytes)
                        compressed_bytes += len(zlib.compress(part, 1))
                        seen.add(hashlib.blake2b(part, digest_size=16).digest())
        finally:
            os.close(file)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read back: {error.strerror}.", "Check the drive."
        ) from error
    return DataSample(
        len(chosen), compressed_bytes / (len(chosen) * block_bytes), len(chosen) - len(seen)
    )
