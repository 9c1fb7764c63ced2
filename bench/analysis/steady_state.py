"""Steady state: burst and sustained rate of one series. Pure.

A cold card is faster than a warm one, and a fresh load faster than one that the power limit has
caught up with. The state is steady where, to the end of the run, neither the rate nor the
temperature has a trend left.
"""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BURST_S = 1.0
"""The burst is the best mean rate over so long a stretch: shorter ones are the clock's noise."""
MIN_S = 10.0
"""A steady state is claimed for no less than this: power limits act within seconds."""
MIN_SHARE = 1 / 3
"""Nor for less than this share of the run, so that a long run is not judged by its last moments."""
MAX_TEMPERATURE_DRIFT_C = 2.0
"""Over the steady stretch, by the fitted line; one step of a whole-degree sensor fits as 1.5."""
NEGLIGIBLE_DRIFT = 0.001
"""A trend of less than a thousandth over the whole stretch is none, however surely it is seen."""
_BLOCKS = 10
"""Samples follow each other's temperature: the line is fitted to means of so many blocks."""
_T_95 = 2.306
"""Student's t, two-sided 95 %, for a line through `_BLOCKS` points (8 degrees of freedom)."""
_STARTS = 20
"""So many starts of the steady stretch are tried, evenly spread."""


@dataclass(frozen=True, slots=True)
class RatePoint:
    """What one sample did: when, how long, and how much."""

    start_s: float
    duration_s: float
    work: float


@dataclass(frozen=True, slots=True)
class SteadyState:
    """One run as burst and sustained."""

    burst: float
    """Work a second over the best second."""
    sustained: float | None
    """Work a second once steady; None where no steady state was seen."""
    plateau_rate: float
    """What to go by: the sustained rate, else that of the last third of the run."""
    steady_from_s: float | None
    not_steady: str | None
    """Why there is no sustained rate."""


def steady_state(
    points: Sequence[RatePoint], temperatures: Sequence[tuple[float, float]] = ()
) -> SteadyState:
    """Burst and sustained of a series in the order of time, with (seconds, °C) beside it.

    Raises ValueError for an empty series.
    """
    if not points:
        raise ValueError("a series without samples has no state")
    begin_s, end_s = points[0].start_s, points[-1].start_s + points[-1].duration_s
    length_s = end_s - begin_s
    least_s = max(MIN_S, MIN_SHARE * length_s)
    reason = f"{length_s:.1f} s are too short, {MIN_S:.0f} s are needed"
    if length_s >= MIN_S:
        for step in range(_STARTS):
            start_s = begin_s + (length_s - least_s) * step / (_STARTS - 1)
            stretch = [p for p in points if p.start_s >= start_s]
            found = _trend(stretch) or _turn(stretch) or _warming(temperatures, start_s)
            if found is None:
                rate = _rate(stretch)
                return SteadyState(_burst(points), rate, rate, stretch[0].start_s, None)
            reason = found
    last_third = [p for p in points if p.start_s >= end_s - length_s / 3] or points[-1:]
    return SteadyState(_burst(points), None, _rate(last_third), None, reason)


def _rate(points: Sequence[RatePoint]) -> float:
    return math.fsum(p.work for p in points) / math.fsum(p.duration_s for p in points)


def _burst(points: Sequence[RatePoint]) -> float:
    best, first = 0.0, 0
    for last in range(len(points)):
        end_s = points[last].start_s + points[last].duration_s
        while first < last and end_s - points[first + 1].start_s >= BURST_S:
            first += 1
        if end_s - points[first].start_s >= BURST_S:
            best = max(best, _rate(points[first : last + 1]))
    return best or _rate(points)


def _trend(points: Sequence[RatePoint]) -> str | None:
    """What speaks against a constant rate: a slope whose 95 % interval leaves zero out."""
    if len(points) < _BLOCKS:
        return f"{len(points)} samples are too few to see a trend, {_BLOCKS} are needed"
    edges = [len(points) * i // _BLOCKS for i in range(_BLOCKS + 1)]
    blocks = [points[a:b] for a, b in pairwise(edges)]
    middles = [(b[0].start_s + b[-1].start_s + b[-1].duration_s) / 2 for b in blocks]
    if any(later <= earlier for earlier, later in pairwise(middles)):
        return "the samples do not follow each other in time"
    rates = [_rate(block) for block in blocks]
    if _stands_out(rates[0], rates[1:]):
        return "the first tenth still differed from the rest"
    slope, left, spread = _line(middles, rates)
    error = math.sqrt(math.fsum(x * x for x in left) / (_BLOCKS - 2)) / spread
    drift = slope * (middles[-1] - middles[0]) / (math.fsum(rates) / len(rates))
    if abs(slope) <= _T_95 * error or abs(drift) <= NEGLIGIBLE_DRIFT:
        return None
    return f"the rate still {'rose' if drift > 0 else 'fell'} by {abs(drift):.1%}"


def _turn(points: Sequence[RatePoint]) -> str | None:
    """What speaks against a rate that fell and rose: over all of it the two cancel."""
    half = points[len(points) // 2 :]
    return _trend(half) if len(half) >= _BLOCKS else None


def _stands_out(first: float, rest: Sequence[float]) -> bool:
    """Whether the end of a burst reaches in: to a line's slope one outlier is only noise."""
    low, high = min(rest), max(rest)
    margin = max(high - low, NEGLIGIBLE_DRIFT * high)
    return not low - margin <= first <= high + margin


def _warming(temperatures: Sequence[tuple[float, float]], start_s: float) -> str | None:
    """What speaks against a constant temperature; a device without the sensor cannot object."""
    found = [(at_s, value) for at_s, value in temperatures if at_s >= start_s]
    if len(found) < 2 or found[0][0] == found[-1][0]:
        return None
    slope, _, _ = _line([at for at, _ in found], [value for _, value in found])
    drift_c = slope * (found[-1][0] - found[0][0])
    if abs(drift_c) <= MAX_TEMPERATURE_DRIFT_C:
        return None
    return f"the temperature still {'rose' if drift_c > 0 else 'fell'} by {abs(drift_c):.1f} °C"


def _line(at: Sequence[float], values: Sequence[float]) -> tuple[float, list[float], float]:
    """Least squares: the slope, what is left of each value, and the spread of the places."""
    mean_at, mean = math.fsum(at) / len(at), math.fsum(values) / len(values)
    places = [each - mean_at for each in at]
    apart = [value - mean for value in values]
    squares = _product(places, places)
    slope = _product(places, apart) / squares
    left = [a - slope * p for a, p in zip(apart, places, strict=True)]
    return slope, left, math.sqrt(squares)


def _product(first: Sequence[float], second: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, first, second))
