"""Energy of a measurement, from the readings of its sensors. Pure.

The power sensor of some accelerators looks only a quarter of the time (Yang et al., "Accurate and
Convenient Energy Measurements for GPUs", arXiv 2312.02741), so power is integrated only where the
device counts no energy itself, and never without saying so.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bench.evidence.outcome import Readings


class Source(StrEnum):
    """Where joules come from."""

    COUNTER = "energy counter"
    INTEGRATED = "integrated power"


@dataclass(frozen=True, slots=True)
class Energy:
    """Joules between the first and the last reading that tell something."""

    energy_j: float
    source: Source
    duration_s: float
    """Time between those two readings."""
    coverage: float
    """Share of the measurement that lies between them."""

    @property
    def power_w(self) -> float:
        """Mean power over that time."""
        return self.energy_j / self.duration_s


def energy(readings: Readings, duration_s: float) -> Energy | None:
    """Energy during a measurement of that length; None where no two readings tell it.

    The counter if it rose; else power by the trapezoidal rule, flagged.
    """
    beside = readings.accelerator
    counted = _told(readings.at_s, () if beside is None else beside.energy_j)
    # A counter that runs backwards was reset meanwhile, one that stands still counts nothing.
    if len(counted) > 1 and all(a[1] <= b[1] for a, b in pairwise(counted)):
        spent_j = counted[-1][1] - counted[0][1]
        if spent_j > 0:
            return _energy(spent_j, Source.COUNTER, counted, duration_s)
    powers = _told(readings.at_s, readings.power_w)
    if len(powers) < 2:
        return None
    spent_j = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(powers))
    return _energy(spent_j, Source.INTEGRATED, powers, duration_s)


def _told(
    times_s: tuple[float, ...], values: tuple[float | None, ...]
) -> list[tuple[float, float]]:
    pairs = zip(times_s, values, strict=False)
    return [(at_s, value) for at_s, value in pairs if value is not None]


def _energy(
    energy_j: float, source: Source, points: list[tuple[float, float]], duration_s: float
) -> Energy | None:
    spanned_s = points[-1][0] - points[0][0]
    if spanned_s <= 0 or duration_s <= 0:
        return None
    return Energy(energy_j, source, spanned_s, min(1.0, spanned_s / duration_s))
