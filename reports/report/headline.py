"""Headline figures, each with its share of the peak. Pure."""

from dataclasses import dataclass

from bench.evidence.conclusions import Statistic
from reports.performance.processor.caches import is_step
from reports.quantities import Interval
from reports.report import Report

_SHOWN = (Statistic.VALUE, Statistic.P99, Statistic.CYCLES)
"""Statistics that stand for themselves; the others stand beside one, or are of less use."""
OF_THE_HOST = ("cpu.", "memory.")
"""How figures begin that hang on how many CPUs a run may use."""


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
    part: str | None
    """How many of the CPUs a figure of the host is of, where it is not all of them."""

    @property
    def shown(self) -> str:
        """The name, and that it is of a part: no figure of a part stands for the whole."""
        return self.metric if self.part is None else f"{self.metric} ({self.part})"


def highlights(report: Report) -> tuple[Highlight, ...]:
    """Estimates without their details, in the order of the report."""
    ratios: dict[tuple[str, str], Interval | None] = {}
    for peak in report.peaks:
        # The data sheet's peak comes first, before the same at another clock.
        ratios.setdefault((peak.host, peak.metric), peak.ratio)
    capable = {
        (item.host, *item.estimate.subject): item.estimate.value
        for item in report.estimates
        if item.estimate.statistic is Statistic.CAPABILITY
    }
    parts = {machine.run_id: machine.part for machine in report.shown_summaries}
    found = []
    for item in report.estimates:
        estimate = item.estimate
        if estimate.statistic not in _SHOWN or is_step(estimate):
            continue
        whole = estimate.statistic is Statistic.VALUE and estimate.operation is None
        found.append(
            Highlight(
                host=item.host,
                metric=estimate.name,
                amount=Interval(estimate.low, estimate.value, estimate.high),
                unit=estimate.unit,
                capability=capable.get((item.host, *estimate.subject)) if whole else None,
                of_peak=ratios.get((item.host, estimate.name)),
                confidence=estimate.confidence,
                n=estimate.n,
                part=parts.get(item.run_id) if estimate.metric.startswith(OF_THE_HOST) else None,
            )
        )
    return tuple(found)
