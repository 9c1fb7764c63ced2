"""Fold raw tick counts into a small histogram that loses less than a thousandth."""

from collections import Counter
from collections.abc import Iterable

from bench.evidence.outcome import TickHistogram

SUB_BINS = 1024
"""Bins a power of two: a bin is at most 1/1024 of its value wide."""


def tally(ticks: Iterable[int]) -> TickHistogram:
    """Histogram of positive tick counts, lower bin edges rising.

    >>> tally([5, 5, 5000, 5001])
    Tally(ticks=(5, 5000), counts=(2, 2))
    """
    counts: Counter[int] = Counter()
    for value in ticks:
        shift = max(0, int(value).bit_length() - SUB_BINS.bit_length())
        counts[int(value) >> shift << shift] += 1
    ordered = sorted(counts.items())
    return TickHistogram(tuple(edge for edge, _ in ordered), tuple(count for _, count in ordered))


def median(histogram: TickHistogram) -> float | None:
    """Middle of the bin that holds the median; None for an empty histogram.

    >>> median(tally([3, 5, 9]))
    5.0
    """
    half, seen = sum(histogram.counts) / 2, 0
    for edge, count in zip(histogram.ticks, histogram.counts, strict=True):
        seen += count
        if seen >= half:
            width = 1 << max(0, edge.bit_length() - SUB_BINS.bit_length())
            return edge + (width - 1) / 2
    return None


def merge(histograms: Iterable[TickHistogram]) -> TickHistogram:
    """All counts in one histogram.

    >>> merge([Tally((3,), (1,)), Tally((2, 3), (1, 1))])
    Tally(ticks=(2, 3), counts=(1, 2))
    """
    counts: Counter[int] = Counter()
    for histogram in histograms:
        counts.update(dict(zip(histogram.ticks, histogram.counts, strict=True)))
    ordered = sorted(counts.items())
    return TickHistogram(tuple(edge for edge, _ in ordered), tuple(count for _, count in ordered))
