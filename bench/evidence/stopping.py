"""When a measurement has seen enough. Pure: it is told durations, it reads no clock."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stopped(StrEnum):
    """Why a measurement ended."""

    PRECISE = "precise enough"
    TIME_UP = "time up"


@dataclass(frozen=True, slots=True)
class StoppingRule:
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
        spent_s = math.fsum(durations_s)
        count = len(durations_s)
        if count >= self.min_samples and spent_s >= self.min_time_s:
            error_s = statistics.stdev(durations_s) / math.sqrt(count)
            if error_s <= self.max_relative_error * spent_s / count:
                return Stopped.PRECISE
        return Stopped.TIME_UP if spent_s >= self.max_time_s else None
