"""Latency bins: 64 between one power of two and the next, so that none is wider than 1/64.

fio divides its histogram in the same way, so that its logs need no other grid than ours.
"""

from collections.abc import Iterable, Sequence

from storage_bench.job import Latency

SUB_BITS = 6
BINS = 64 * 40
"""Enough for 2^45 ns, ten hours; the largest latency is kept beside the bins in any case."""
COARSE_BITS = 2
"""Windows of a second join four bins to one (1/16 wide): an hour has thousands of windows."""
COARSE_BINS = BINS >> COARSE_BITS


def index_of(latency_ns: int) -> int:
    """The bin of a latency; what is below or above all bins goes to the nearest."""
    value = max(latency_ns, 0)
    if value < 1 << SUB_BITS:
        return value
    shift = value.bit_length() - 1 - SUB_BITS
    return min((shift << SUB_BITS) + (value >> shift), BINS - 1)


def first_ns(index: int) -> int:
    """The smallest latency of a bin."""
    fine = 1 << SUB_BITS
    if index < fine:
        return index
    return (fine + index % fine) << (index // fine - 1)


def middle_ns(index: int) -> int:
    """The middle of a bin, rounded down."""
    return (first_ns(index) + first_ns(index + 1)) // 2


def coarse_middle_ns(index: int) -> int:
    """The middle of the four bins that a window joins to one."""
    return (first_ns(index << COARSE_BITS) + first_ns((index + 1) << COARSE_BITS)) // 2


def latency(counts: Sequence[int], min_ns: int, max_ns: int) -> Latency:
    """The bins that hold anything, out of the counts of all BINS."""
    return _filled(
        [(middle_ns(i), count) for i, count in enumerate(counts) if count], min_ns, max_ns
    )


def coarse_latency(counts: Sequence[int], max_ns: int | None = None) -> Latency | None:
    """The same for the bins of a window; None where nothing was counted.

    Without `max_ns` the largest is only known to the bin.
    """
    found = [(index, count) for index, count in enumerate(counts) if count]
    if not found:
        return None
    largest = first_ns((found[-1][0] + 1) << COARSE_BITS) - 1
    return _filled(
        [(coarse_middle_ns(index), count) for index, count in found],
        first_ns(found[0][0] << COARSE_BITS),
        largest if max_ns is None else max_ns,
    )


def merged(parts: Iterable[Latency | None]) -> Latency | None:
    """One histogram out of several, bin by bin: percentiles are never averaged."""
    known = [part for part in parts if part is not None]
    if not known:
        return None
    bins: dict[int, int] = {}
    for part in known:
        for value, count in zip(part.bins_ns, part.counts, strict=True):
            bins[value] = bins.get(value, 0) + count
    return _filled(
        sorted(bins.items()),
        min(part.min_ns for part in known),
        max(part.max_ns for part in known),
    )


def _filled(bins: Sequence[tuple[int, int]], min_ns: int, max_ns: int) -> Latency:
    return Latency(
        bins_ns=tuple(value for value, _ in bins),
        counts=tuple(int(count) for _, count in bins),
        min_ns=int(min_ns),
        max_ns=int(max_ns),
    )
