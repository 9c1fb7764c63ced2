"""Speed modes: whether chunks of equal work ran at one speed or at several. Pure.

A busy sibling thread, or a hypervisor that moves virtual cores, gives chunk rates with several
modes: then one median stands for none of them, and the report shows each.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bench.analysis.tick_histogram import lower_edge, median
from bench.evidence.outcome import TickHistogram

MIN_SHARE = 0.1
"""A mode holds at least this share of the chunks: rarer speeds are interruptions."""
APART = 0.08
"""Modes lie at least this far apart: clocks wander by a few per cent within one."""
MIN_MODE_SHARE = 0.2
"""Share of the chunks that makes a speed the core's own, rather than a stroke of luck."""
KEPT = 0.01
COARSE_BINS = 64
MIN_THINNED = 64
"""Histograms of fewer bins are left as they are."""
_BIN = 0.02
_REACH = max(1, round(APART / _BIN))
_EDGES = tuple(math.ceil(math.exp(i * _BIN)) for i in range(1, math.ceil(64 * math.log(2) / _BIN)))
"""Where the bins end, up to counts of 64 bits."""


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
    ticks, seen = _lasting(histogram)
    if not ticks or seen[-1] == 0:
        return ()
    found = []
    for first, end in pairwise([0, *_cuts(ticks, seen), len(ticks)]):
        share = (seen[end] - seen[first]) / seen[-1]
        if share >= MIN_SHARE:
            found.append(Mode(_median(ticks, seen, first, end), share))
    return tuple(found) or (Mode(_median(ticks, seen, 0, len(ticks)), 1.0),)


def dominant_fast_mode(histogram: TickHistogram) -> float | None:
    """Median ticks of the fastest mode that is no exception; the plain median where none is.

    What the silicon does when it is given the core: a sibling thread or a neighbour that slows most
    chunks makes a second, slower mode, and a median of all would jump between the two.
    """
    for mode in modes(histogram):
        if mode.share >= MIN_MODE_SHARE:
            return mode.ticks
    first = bisect_right(histogram.ticks, 0)
    return median(TickHistogram(histogram.ticks[first:], histogram.counts[first:]))


def _lasting(histogram: TickHistogram) -> tuple[Sequence[int], list[int]]:
    """Durations above zero, and how many chunks come before each of them."""
    first = bisect_right(histogram.ticks, 0)
    return histogram.ticks[first:], [0, *accumulate(histogram.counts[first:])]


def _cuts(ticks: Sequence[int], seen: Sequence[int]) -> list[int]:
    """Where another mode begins: at the lowest bin between two peaks that stand apart."""
    keys, firsts = [], []
    first = 0
    while first < len(ticks):
        key = bisect_right(_EDGES, ticks[first])
        keys.append(key)
        firsts.append(first)
        first = bisect_left(ticks, _EDGES[key], first) if key < len(_EDGES) else len(ticks)
    if keys[-1] - keys[0] <= _REACH:
        return []  # no two peaks can be that far apart
    heights = [0] * (keys[-1] - keys[0] + 1 + 2 * _REACH)
    base = keys[0] - _REACH
    for key, first, end in zip(keys, firsts, [*firsts[1:], len(ticks)], strict=True):
        heights[key - base] = seen[end] - seen[first]
    found = []
    for left, right in pairwise(_peaks(heights, [key - base for key in keys])):
        valley = heights[left : right + 1]
        lowest = base + left + valley.index(min(valley))
        found.append(firsts[bisect_left(keys, lowest)])
    return found


def _peaks(heights: Sequence[int], places: Sequence[int]) -> list[int]:
    """Bins that no higher one within `APART` hides, with a valley below half between them."""
    kept: list[int] = []
    for place in places:
        around = heights[place - _REACH : place + _REACH + 1]
        if around.index(max(around)) != _REACH:
            continue
        if not kept:
            kept.append(place)
            continue
        last = kept[-1]
        if min(heights[last : place + 1]) < min(heights[last], heights[place]) / 2:
            kept.append(place)
        elif heights[place] > heights[last]:
            kept[-1] = place
    return kept


def _median(ticks: Sequence[int], seen: Sequence[int], first: int, end: int) -> float:
    half = seen[first] + (seen[end] - seen[first]) / 2
    return float(ticks[bisect_left(seen, half, first + 1, end + 1) - 1])


def thinned(histogram: TickHistogram) -> TickHistogram:
    """The same with coarse bins where no figure is read.

    Bins stay as they are within `KEPT` of the median and of the fastest mode, and at both ends; in
    between a bin is 1/`COARSE_BINS` wide, for chunks that something interrupted. The modes stay the
    same: no coarse bin reaches from one of their bins into another.
    """
    if len(histogram.ticks) < MIN_THINNED:
        return histogram
    centres = {median(histogram), dominant_fast_mode(histogram)} - {None}
    kept = {histogram.ticks[0], histogram.ticks[-1]}
    for centre in centres:
        assert centre is not None
        first = bisect_left(histogram.ticks, centre * (1 - KEPT))
        end = bisect_right(histogram.ticks, centre * (1 + KEPT))
        kept.update(histogram.ticks[first:end])
    edges: list[int] = []
    counts: list[int] = []
    before: int | None = None
    for ticks, count in zip(histogram.ticks, histogram.counts, strict=True):
        bin_edge = None if ticks in kept else _coarse_edge(ticks)
        if bin_edge is None or bin_edge != before:
            edges.append(ticks)  # a coarse bin begins where its first chunk is
            counts.append(0)
        counts[-1] += count
        before = bin_edge
    return TickHistogram(tuple(edges), tuple(counts))


def _coarse_edge(ticks: int) -> int:
    of_modes = bisect_right(_EDGES, ticks)
    return max(lower_edge(ticks, COARSE_BINS), _EDGES[of_modes - 1] if of_modes else ticks)
