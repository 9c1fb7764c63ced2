"""Stopping rules: when a measurement has seen enough. Pure: they read no clock."""

import math
from collections.abc import Iterator, Sequence
from enum import StrEnum

from bench.evidence.codec import Record


class Stopped(StrEnum):
    """Why a measurement ended."""

    PRECISE = "precise enough"
    TIME_UP = "time up"


class StoppingRule(Record):
    """Measure at least this long, then until the mean is known well enough, or time is up."""

    min_samples: int
    min_time_s: float
    max_time_s: float
    max_relative_error: float
    """Standard error of the mean duration of a launch, as a share of that mean."""
    sample_time_s: float = 0.1
    """How long one sample is meant to last; the launches in it follow from that."""

    def __post_init__(self) -> None:
        if self.min_samples < 2:
            raise ValueError(f"min_samples is {self.min_samples}; two or more are needed")
        if not 0 < self.min_time_s <= self.max_time_s:
            raise ValueError("min_time_s must be above 0 and at most max_time_s")
        if not (self.max_relative_error > 0 and self.sample_time_s > 0):
            raise ValueError("max_relative_error and sample_time_s must be above 0")

    def decide(self, durations_s: Sequence[float]) -> Stopped | None:
        """Whether to stop after samples of these durations, all of the same number of launches.

        None means go on.
        """
        *_, decided = None, *self.decisions(durations_s)
        return decided

    def decisions(self, durations_s: Sequence[float]) -> Iterator[Stopped | None]:
        """What was to be decided after each of the samples.

        One pass in the order of time, so that every prefix is judged to the last bit as it was.
        """
        spent_s = sum_s = squares = 0.0
        for count, duration_s in enumerate(durations_s, 1):
            spent_s += duration_s
            # Deviations from the first: the squares of the durations themselves would cancel.
            apart_s = duration_s - durations_s[0]
            sum_s += apart_s
            squares += apart_s * apart_s
            decided = None
            if count >= self.min_samples and spent_s >= self.min_time_s:
                variance = max(0.0, squares - sum_s * sum_s / count) / (count - 1)
                error_s = math.sqrt(variance / count)
                if error_s <= self.max_relative_error * spent_s / count:
                    decided = Stopped.PRECISE
            if decided is None and spent_s >= self.max_time_s:
                decided = Stopped.TIME_UP
            yield decided
