"""Latency bins: 64 between one power of two and the next, so that none is wider than 1/64."""

from collections.abc import Sequence

from storage_bench.job import Latency

SUB_BITS = 6
BINS = 64 * 40
"""Enough for 2^45 ns, ten hours; the largest latency is kept beside the bins in any case."""


def middle_ns(index: int) -> int:
    """The middle of a bin, rounded down."""
    fine = 1 << SUB_BITS
    if index < fine:
        return index
    shift = index // fine - 1
    return ((fine + index % fine) << shift) + ((1 << shift) >> 1)


def latency(counts: Sequence[int], min_ns: int, max_ns: int) -> Latency:
    """The bins that hold anything, out of the counts of all BINS."""
    filled = [index for index, count in enumerate(counts) if count]
    return Latency(
        bins_ns=tuple(middle_ns(index) for index in filled),
        counts=tuple(int(counts[index]) for index in filled),
        min_ns=int(min_ns),
        max_ns=int(max_ns),
    )
