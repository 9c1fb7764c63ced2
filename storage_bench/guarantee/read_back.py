"""Whether a file under load still holds what was written: read back whole, past the page cache.

Blocks are told by their bytes (content.py). Blocks that fio wrote bear no mark, so some are written
anew after the load, with bytes that are known, for either engine. What is not seen: a write of the
load that was confirmed and never done, where the block holds an older write of the load.
"""

import mmap
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from storage_bench.errors import StorageError
from storage_bench.observations import Integrity
from storage_bench.workspace import content

if TYPE_CHECKING:
    from numpy import bool_, uint64
    from numpy.typing import NDArray

CHUNK_BYTES = 2**20
MAX_TOLD = 8
"""Offsets of broken blocks that are kept."""
ANEW = 0x5EED
"""Makes the bytes that are written anew others than the fill's, of the same seed."""


@dataclass(slots=True)
class _Found:
    """Counts while the file is read."""

    anew: int = 0
    as_filled: int = 0
    by_load: int = 0
    untold: int = 0
    broken: int = 0
    at: list[int] = field(default_factory=list)

    def break_at(self, offsets: list[int]) -> None:
        self.broken += len(offsets)
        self.at += offsets[: MAX_TOLD - len(self.at)]


def check(
    path: Path, size_bytes: int, block_bytes: int, seed: int, again: int, marked: bool
) -> Integrity:
    """Write `again` blocks anew, then read everything back.

    The file was filled with `seed`; `marked` says that the load's own writes tell their place.
    Raises StorageError where the file cannot be opened or written.
    """
    import numpy

    blocks = size_bytes // block_bytes
    chosen = sorted(random.Random(seed).sample(range(blocks), min(again, blocks)))
    try:
        file = os.open(path, os.O_RDWR | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"{path} cannot be opened: {error.strerror}.", "Check it.") from error
    found = _Found()
    rewritten = numpy.zeros(blocks, numpy.bool_)
    rewritten[chosen] = True
    try:
        _write_anew(file, block_bytes, seed, chosen)
        for start_bytes, words in _read(file, blocks * block_bytes, block_bytes, found):
            first = start_bytes // block_bytes
            own = rewritten[first : first + len(words)]
            _tell(words, start_bytes, block_bytes, seed, own, marked, found)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Check it.") from error
    finally:
        os.close(file)
    return Integrity(
        blocks, found.anew, found.as_filled, found.by_load, found.untold, found.broken,
        tuple(found.at),
    )  # fmt: skip


def _anew(seed: int, numbers: "NDArray[uint64]", block_bytes: int) -> "NDArray[uint64]":
    return content.stream(content.draws(seed ^ ANEW, numbers), block_bytes)


def _write_anew(file: int, block_bytes: int, seed: int, chosen: list[int]) -> None:
    import numpy

    with mmap.mmap(-1, -(-block_bytes // mmap.PAGESIZE) * mmap.PAGESIZE) as buffer:
        for block in chosen:
            words = _anew(seed, numpy.array([block], numpy.uint64), block_bytes)
            buffer[:block_bytes] = words.tobytes()
            with memoryview(buffer)[:block_bytes] as part:
                if os.pwrite(file, part, block * block_bytes) != block_bytes:
                    raise OSError(0, "a write moved too little")
    os.fdatasync(file)


def _read(
    file: int, size_bytes: int, block_bytes: int, found: _Found
) -> "Iterator[tuple[int, NDArray[uint64]]]":
    """The file in chunks of whole blocks, one a row; what cannot be read is broken."""
    import numpy

    step = max(CHUNK_BYTES // block_bytes, 1) * block_bytes
    with mmap.mmap(-1, step) as buffer:
        for start_bytes in range(0, size_bytes, step):
            length = min(step, size_bytes - start_bytes)
            try:
                with memoryview(buffer)[:length] as part:
                    moved = os.preadv(file, [part], start_bytes)
            except OSError:
                moved = 0
            whole = moved // block_bytes * block_bytes
            lost = range(start_bytes + whole, start_bytes + length, block_bytes)
            found.break_at(list(lost))
            words = numpy.frombuffer(buffer[:whole], numpy.uint64)
            yield start_bytes, words.reshape(-1, block_bytes // 8)


def _tell(
    words: "NDArray[uint64]",
    start_bytes: int,
    block_bytes: int,
    seed: int,
    rewritten: "NDArray[bool_]",
    marked: bool,
    found: _Found,
) -> None:
    """Count what these blocks are."""
    import numpy

    first = start_bytes // block_bytes
    numbers = numpy.arange(first, first + len(words), dtype=numpy.uint64)
    fill = content.filled(seed, start_bytes, words.nbytes).reshape(words.shape)
    as_filled = (words == fill).all(axis=1) & ~rewritten
    anew = rewritten.copy()
    anew[rewritten] = (words[rewritten] == _anew(seed, numbers[rewritten], block_bytes)).all(axis=1)
    rest = ~rewritten & ~as_filled
    by_load = rest.copy()
    by_load[rest] = marked and content.is_whole(words[rest], numbers[rest])
    found.anew += int(anew.sum())
    found.as_filled += int(as_filled.sum())
    found.by_load += int(by_load.sum())
    broken = rewritten & ~anew
    if marked:
        broken = broken | (rest & ~by_load)
    else:
        found.untold += int(rest.sum())
    found.break_at([int(number) * block_bytes for number in numbers[broken]])
