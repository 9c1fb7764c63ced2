"""A theoretical peak beside the figure that was measured."""

from dataclasses import dataclass

from reports.quantities import Interval

TOLERANCE = 0.03
"""Above the peak by more than this is a finding: a wrong clock, a wrong sheet or a wrong timer."""


@dataclass(frozen=True, slots=True)
class Peak:
    """One measured figure beside what its silicon could do."""

    host: str
    metric: str
    unit: str
    measured: Interval
    theoretical: Interval | None
    ratio: Interval | None
    """Measured over theoretical; None where one of them is not known."""
    microarchitecture: str | None
    confidence: str | None
    how: str
    """The product, or the reason why there is none."""

    at_measured_clock: bool = False
    """Whether it is the peak at the clock that the device ran at, and not the one of its sheet."""

    @property
    def impossible(self) -> bool:
        """Whether even the lower bound lies above the highest peak."""
        return self.ratio is not None and self.ratio.low > 1 + TOLERANCE
