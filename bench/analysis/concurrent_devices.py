"""Concurrent accelerators: burst, sustained, sum and slowest over their common time. Pure.

Power and cooling are shared by a node, so what its cards do one after the other is not what they
do together. Only samples from the common stretch of time are summed.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.steady_state import RatePoint, SteadyState, steady_state
from bench.evidence.outcome import Measured


@dataclass(frozen=True, slots=True)
class DeviceGroup:
    """The rates of several devices over the same time."""

    states: tuple[SteadyState, ...]

    @property
    def total(self) -> float:
        return math.fsum(each.plateau_rate for each in self.states)

    @property
    def sustained(self) -> float | None:
        """None where one of them was not steady."""
        known = [each.sustained for each in self.states if each.sustained is not None]
        return math.fsum(known) if len(known) == len(self.states) else None

    @property
    def slowest(self) -> float:
        return min(each.plateau_rate for each in self.states)

    @property
    def spread(self) -> float:
        """Fastest minus slowest, as a share of the median."""
        rates = [each.plateau_rate for each in self.states]
        return (max(rates) - min(rates)) / statistics.median(rates)


def single_device(outcome: Measured, unit: str) -> SteadyState | None:
    """Burst and sustained of one device over its own time; None where no sample counts."""
    return _course(outcome, unit, -math.inf, math.inf)


def device_group(outcomes: Sequence[Measured], unit: str) -> DeviceGroup | None:
    """The devices over their common time; None where they had none, or nobody knows."""
    spans = [_span(outcome) for outcome in outcomes]
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return None
    begin_s, end_s = max(span[0] for span in known), min(span[1] for span in known)
    states = [_course(outcome, unit, begin_s, end_s) for outcome in outcomes]
    found = tuple(each for each in states if each is not None)
    return DeviceGroup(found) if len(found) == len(states) else None


def _span(outcome: Measured) -> tuple[float, float] | None:
    if outcome.began_at_s is None or not outcome.samples:
        return None
    samples = outcome.samples
    return outcome.began_at_s + samples.start_s[0], outcome.began_at_s + samples.end_s


def _course(outcome: Measured, unit: str, begin_s: float, end_s: float) -> SteadyState | None:
    per_launch = outcome.work_per_launch(unit)
    if per_launch <= 0:
        return None
    base_s = outcome.began_at_s or 0.0
    samples = outcome.samples
    points = [
        RatePoint(base_s + start_s, duration_s, per_launch * launches)
        for start_s, duration_s, launches, rejected in zip(
            samples.start_s, samples.duration_s, samples.launches, samples.rejected, strict=True
        )
        if rejected is None
        and base_s + start_s >= begin_s
        and base_s + (start_s + duration_s) <= end_s
    ]
    readings = outcome.readings
    temperatures = [
        (base_s + at_s, value)
        for at_s, value in zip(readings.at_s, readings.temperature_c, strict=True)
        if value is not None
    ]
    return steady_state(points, temperatures) if points else None
