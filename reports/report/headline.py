"""The figures that a reader looks for first, each with its share of the peak. Pure."""

from dataclasses import dataclass

from reports.performance.processor.caches import is_step
from reports.quantities import Interval
from reports.report import Report

_DETAILS = (
    "capability", "per_cycle", "clock", "p50",
    "burst", "sustained", "power", "power_integrated", "slowest", "spread",
)  # fmt: skip
"""Last part of the names of estimates that stand beside another, or are of less use."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A sustained figure, and what belongs to it."""

    host: str
    metric: str
    amount: Interval
    unit: str
    capability: float | None
    """The rate of the silicon while it has the core; None where no cycle counter was read."""
    of_peak: Interval | None
    confidence: float
    n: int


def highlights(report: Report) -> tuple[Highlight, ...]:
    """Estimates without their details, in the order of the report."""
    ratios: dict[tuple[str, str], Interval | None] = {}
    for peak in report.peaks:
        # The data sheet's peak comes first, before the same at another clock.
        ratios.setdefault((peak.host, peak.metric), peak.ratio)
    values = {(item.host, item.estimate.metric): item.estimate.value for item in report.estimates}
    found = []
    for item in report.estimates:
        estimate = item.estimate
        if estimate.metric.rpartition(".")[2] in _DETAILS or is_step(estimate.metric):
            continue
        found.append(
            Highlight(
                host=item.host,
                metric=estimate.metric,
                amount=Interval(estimate.low, estimate.value, estimate.high),
                unit=estimate.unit,
                capability=values.get((item.host, f"{estimate.metric}.capability")),
                of_peak=ratios.get((item.host, estimate.metric)),
                confidence=estimate.confidence,
                n=estimate.n,
            )
        )
    return tuple(found)
