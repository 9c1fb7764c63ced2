"""Whether chunks of equal work ran at one speed or at several. Pure.

A busy sibling thread, or a hypervisor that moves virtual cores, gives chunk rates with several
modes: then one median stands for none of them, and the report shows each.
"""

import itertools
import math
from dataclasses import dataclass

from bench.analysis.tick_histogram import median
from bench.evidence.outcome import TickHistogram

LEAST_SHARE = 0.1
"""A mode holds at least this share of the chunks: rarer speeds are interruptions."""
APART = 0.08
"""Modes lie at least this far apart: clocks wander by a few per cent within one."""
MIN_MODE_SHARE = 0.2
"""Share of the chunks that makes a speed the core's own, rather than a stroke of luck."""
_BIN = 0.02


@dataclass(frozen=True, slots=True)
class Mode:
    """A speed at which chunks gather."""

    ticks: float
    """Median duration of the mode's chunks, in counter ticks."""
    share: float
    """Share of all chunks."""


def modes(histogram: TickHistogram) -> tuple[Mode, ...]:
    """The modes, fastest first; one where all chunks ran alike, none for an empty histogram.

    Durations are binned by 2 %; a valley of bins below half of either side's peak, at least 8 %
    after the last, starts a new mode. Durations that are none, of a counter that was set back, are
    not looked at.
    """
    histogram = _lasting(histogram)
    total = sum(histogram.counts)
    if total == 0:
        return ()
    bins: dict[int, list[tuple[int, int]]] = {}
    for ticks, count in zip(histogram.ticks, histogram.counts, strict=True):
        bins.setdefault(math.floor(math.log(ticks) / _BIN), []).append((ticks, count))
    groups = _split({key: sum(count for _, count in entries) for key, entries in bins.items()})
    found = []
    for keys in groups:
        entries = sorted(entry for key in keys for entry in bins[key])
        share = sum(count for _, count in entries) / total
        if share >= LEAST_SHARE:
            found.append(Mode(_median(entries), share))
    return tuple(found) or (
        Mode(_median(list(zip(histogram.ticks, histogram.counts, strict=True))), 1.0),
    )


def dominant_fast_mode(histogram: TickHistogram) -> float | None:
    """Median ticks of the fastest mode that is no exception; the plain median where none is.

    What the silicon does when it is given the core: a sibling thread or a neighbour that slows most
    chunks makes a second, slower mode, and a median of all would jump between the two.
    """
    for mode in modes(histogram):
        if mode.share >= MIN_MODE_SHARE:
            return mode.ticks
    return median(_lasting(histogram))


def _lasting(histogram: TickHistogram) -> TickHistogram:
    kept = [e for e in zip(histogram.ticks, histogram.counts, strict=True) if e[0] > 0]
    return TickHistogram(tuple(ticks for ticks, _ in kept), tuple(count for _, count in kept))


def _split(heights: dict[int, int]) -> list[list[int]]:
    """Neighbouring bins in groups, cut at the lowest bin between two peaks that stand apart."""
    keys = sorted(heights)
    dense = range(keys[0], keys[-1] + 1)
    peaks = _peaks({key: heights.get(key, 0) for key in dense})
    cuts = []
    for left, right in itertools.pairwise(peaks):
        cuts.append(min(range(left, right + 1), key=lambda key: (heights.get(key, 0), key)))
    groups: list[list[int]] = [[]]
    for key in keys:
        while cuts and key >= cuts[0]:
            cuts.pop(0)
            groups.append([])
        groups[-1].append(key)
    return [group for group in groups if group]


def _peaks(heights: dict[int, int]) -> list[int]:
    """Bins that no higher one within `APART` hides, with a valley below half between them."""
    reach = max(1, round(APART / _BIN))
    tops = [
        key
        for key, height in heights.items()
        if height > 0
        and all(
            (heights.get(other, 0), -other) <= (height, -key)
            for other in range(key - reach, key + reach + 1)
        )
    ]
    kept = tops[:1]
    for top in tops[1:]:
        valley = min(heights[key] for key in range(kept[-1], top + 1))
        if valley < min(heights[kept[-1]], heights[top]) / 2:
            kept.append(top)
        elif heights[top] > heights[kept[-1]]:
            kept[-1] = top
    return kept


def _median(entries: list[tuple[int, int]]) -> float:
    half, seen = sum(count for _, count in entries) / 2, 0
    for ticks, count in entries:
        seen += count
        if seen >= half:
            return float(ticks)
    return float(entries[-1][0])
