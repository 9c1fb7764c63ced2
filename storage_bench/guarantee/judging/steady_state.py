"""Steady state by SNIA's two criteria, on rate and latency, and the moment when it is left. Pure.

SNIA Solid State Storage Performance Test Specification: over a window of five rounds the tracked
quantity ranges over no more than 20 % of its mean, and its best straight line rises or falls by no
more than 10 % of the mean; within 25 rounds at the most. Without purge and preconditioning of a
whole drive this is not SNIA's test: it is its criterion.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from storage_bench.histogram import merged
from storage_bench.job import Window

ROUNDS = 5
MAX_ROUNDS = 25


@dataclass(frozen=True, slots=True)
class SteadinessCriterion:
    """How much a quantity may change over a window, as shares of its mean."""

    range_share: float
    slope_share: float


RATE = SteadinessCriterion(0.20, 0.10)
LATENCY = SteadinessCriterion(0.30, 0.15)
"""Ours: a 99th percentile of a minute spreads more than a mean rate."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much a quantity changed over a window of rounds, as shares of its mean."""

    range_share: float
    slope_share: float

    def within(self, criterion: SteadinessCriterion) -> bool:
        return (
            self.range_share <= criterion.range_share and self.slope_share <= criterion.slope_share
        )


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the rate of all operations, and their 99th percentile of latency."""

    start_s: float
    iops: float
    p99_s: float | None


@dataclass(frozen=True, slots=True)
class Steadiness:
    """When a row of rounds became steady, and when it ceased to be."""

    reached: int | None
    """First round of the first steady window; None where 25 rounds had none."""
    left: tuple[int, ...]
    """Rounds that ended a steady row."""


def change(values: Sequence[float]) -> Change:
    """Range and rise of the best line of equally spaced values, over their mean.

    Raises ValueError for fewer than two values or a mean of 0 or less.
    """
    mean = statistics.fmean(values)
    if len(values) < 2 or not mean > 0:
        raise ValueError("wanted two values or more with a mean above 0")
    slope = statistics.linear_regression(range(len(values)), values).slope
    return Change((max(values) - min(values)) / mean, abs(slope) * (len(values) - 1) / mean)


def is_steady(rounds: Sequence[Round]) -> bool:
    """Whether rate and latency of these rounds both keep both criteria."""
    latencies = [one.p99_s for one in rounds if one.p99_s is not None]
    if len(latencies) < len(rounds) or not any(one.iops for one in rounds):
        return False
    return change([one.iops for one in rounds]).within(RATE) and change(latencies).within(LATENCY)


def assess(rounds: Sequence[Round]) -> Steadiness:
    """Look at each window of five rounds in turn."""
    steady = [is_steady(rounds[i : i + ROUNDS]) for i in range(len(rounds) - ROUNDS + 1)]
    reached = next((i for i, yes in enumerate(steady[: MAX_ROUNDS - ROUNDS + 1]) if yes), None)
    if reached is None:
        return Steadiness(None, ())
    left = [
        i + ROUNDS - 1 for i in range(reached + 1, len(steady)) if steady[i - 1] and not steady[i]
    ]
    return Steadiness(reached, tuple(left))


def rounds(windows: Sequence[Window], round_s: int) -> tuple[Round, ...]:
    """Whole rounds of `round_s` seconds; what is left at the end is no round."""
    whole = [window for window in windows if window.duration_s == 1]
    found = []
    for first in range(0, len(whole) - round_s + 1, round_s):
        part = whole[first : first + round_s]
        latency = merged(
            latency for window in part for latency in (window.read_latency, window.write_latency)
        )
        p99_s = None if latency is None else latency.percentile_ns(0.99) / 1e9
        ios = sum(window.ios for window in part)
        found.append(Round(part[0].start_s, ios / round_s, p99_s))
    return tuple(found)
