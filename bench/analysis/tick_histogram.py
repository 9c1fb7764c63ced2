"""Tick histograms: raw counts folded into bins that lose less than a thousandth."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from operator import mul

from bench.evidence.outcome import TickHistogram

SUB_BINS = 1024
"""Bins a power of two: a bin is at most 1/1024 of its value wide."""
_SUB_BITS = SUB_BINS.bit_length()


def fold(ticks: Iterable[int]) -> TickHistogram:
    """Histogram of positive tick counts, lower bin edges rising.

    >>> fold([5, 5, 5000, 5001])
    TickHistogram(ticks=(5, 5000), counts=(2, 2))
    """
    counts: Counter[int] = Counter()
    for value in ticks:
        counts[lower_edge(int(value))] += 1
    return _ordered(counts)


def lower_edge(ticks: int, sub_bins: int = SUB_BINS) -> int:
    """Of the bin that holds so many ticks, with so many bins a power of two.

    >>> lower_edge(5001), lower_edge(5001, 128)
    (5000, 4992)
    """
    shift = max(0, ticks.bit_length() - sub_bins.bit_length())
    return ticks >> shift << shift


def median(histogram: TickHistogram) -> float | None:
    """Middle of the bin that holds the median; None for an empty histogram.

    >>> median(fold([3, 5, 9]))
    5.0
    """
    if not histogram.counts:
        return None
    seen = list(accumulate(histogram.counts))
    edge = histogram.ticks[bisect_left(seen, seen[-1] / 2)]
    width = 1 << max(0, edge.bit_length() - _SUB_BITS)
    return edge + (width - 1) / 2


def merge(histograms: Iterable[TickHistogram]) -> TickHistogram:
    """All counts in one histogram.

    >>> merge([TickHistogram((3,), (1,)), TickHistogram((2, 3), (1, 1))])
    TickHistogram(ticks=(2, 3), counts=(1, 2))
    """
    counts: dict[int, int] = {}
    for histogram in histograms:
        for edge, count in zip(histogram.ticks, histogram.counts, strict=True):
            counts[edge] = counts.get(edge, 0) + count
    return _ordered(counts)


def total_ticks(histogram: TickHistogram) -> int:
    """Ticks of all chunks together, by the lower edges of their bins."""
    return sum(map(mul, histogram.ticks, histogram.counts))


def _ordered(counts: Mapping[int, int]) -> TickHistogram:
    edges = tuple(sorted(counts))
    return TickHistogram(edges, tuple(map(counts.__getitem__, edges)))
