"""What a block holds: bytes that no drive can compress, and that say where they belong.

All blocks are streams of SplitMix64 (Steele et al. 2014): word i of a block is mix(draw + i GAMMA).
The lower half of a draw is the number of the block, the upper half is what makes two writes of one
block differ. mix can be undone, so that a sector by itself tells its draw: it is whole, and it lies
where it was written, or it is broken. The compiled loops write the same (`native/loops.py`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, uint64
    from numpy.typing import NDArray

GAMMA = 0x9E3779B97F4A7C15
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
PLACE = 0xFFFFFFFF
"""The part of a draw that is the number of the block."""
SECTOR_BYTES = 512
"""What a drive writes as a whole: two writes of one block at once may be mixed sector by sector."""
PAGE_BYTES = 4096
"""The blocks of a file that is filled."""
PIECE_BYTES = 2**18
"""What is made at once: it stays in a core's cache, which makes it three times as fast."""


def stream(draws: "NDArray[uint64]", block_bytes: int) -> "NDArray[uint64]":
    """The blocks of these draws, one a row."""
    import numpy

    steps = numpy.arange(block_bytes // 8, dtype=numpy.uint64) * numpy.uint64(GAMMA)
    return _mix(draws[:, None] + steps)


def draws(seed: int, blocks: "NDArray[uint64]") -> "NDArray[uint64]":
    """One draw for each number of a block, the same for the same seed."""
    import numpy

    key = _mix(numpy.array([seed], numpy.uint64) * numpy.uint64(GAMMA))
    return (_mix(blocks ^ key) & ~numpy.uint64(PLACE)) | (blocks & numpy.uint64(PLACE))


def filled(seed: int, start_bytes: int, size_bytes: int) -> "NDArray[uint64]":
    """What `fill` writes there; both are whole pages."""
    import numpy

    words = numpy.empty(size_bytes // 8, numpy.uint64)
    for piece in range(0, size_bytes, PIECE_BYTES):
        length = min(PIECE_BYTES, size_bytes - piece)
        first = (start_bytes + piece) // PAGE_BYTES
        pages = numpy.arange(first, first + length // PAGE_BYTES, dtype=numpy.uint64)
        made = stream(draws(seed, pages), PAGE_BYTES)
        words[piece // 8 : (piece + length) // 8] = made.reshape(-1)
    return words


def is_whole(words: "NDArray[uint64]", blocks: "NDArray[uint64]") -> "NDArray[bool_]":
    """Whether each row is a block that was written there: every sector whole, and in its place."""
    import numpy

    count, length = words.shape
    a_sector = SECTOR_BYTES // 8
    sectors = words.reshape(count, length // a_sector, a_sector)
    steps = numpy.arange(length, dtype=numpy.uint64) * numpy.uint64(GAMMA)
    steps = steps.reshape(1, length // a_sector, a_sector)
    found = _unmix(sectors[:, :, :1]) - steps[:, :, :1]
    in_place = (found & numpy.uint64(PLACE)) == (blocks & numpy.uint64(PLACE))[:, None, None]
    whole = (_mix(found + steps) == sectors).all(axis=2, keepdims=True)
    sound: NDArray[bool_] = (in_place & whole).all(axis=(1, 2))
    return sound


def _mix(words: "NDArray[uint64]") -> "NDArray[uint64]":
    import numpy

    mixed: NDArray[uint64] = words ^ (words >> numpy.uint64(30))
    mixed *= numpy.uint64(FIRST)
    mixed ^= mixed >> numpy.uint64(27)
    mixed *= numpy.uint64(SECOND)
    mixed ^= mixed >> numpy.uint64(31)
    return mixed


def _unmix(words: "NDArray[uint64]") -> "NDArray[uint64]":
    import numpy

    found: NDArray[uint64] = words ^ (words >> numpy.uint64(31)) ^ (words >> numpy.uint64(62))
    found *= numpy.uint64(pow(SECOND, -1, 2**64))
    found ^= (found >> numpy.uint64(27)) ^ (found >> numpy.uint64(54))
    found *= numpy.uint64(pow(FIRST, -1, 2**64))
    found ^= (found >> numpy.uint64(30)) ^ (found >> numpy.uint64(60))
    return found
