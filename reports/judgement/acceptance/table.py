"""The table of an acceptance: figure, shares of both peaks, criterion, verdict, cause of a loss."""

from dataclasses import dataclass

from bench.evidence.outcome import Failed, Measured, Skipped
from bench.evidence.plan import KernelCase, full_name
from bench.planning.cases import SUFFIX
from reports.judgement.acceptance.criterion import Criterion
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.accelerators.runs import accelerator_runs
from reports.performance.accelerators.throttling import UNEXPLAINED
from reports.performance.subject import Subject

NO_LOSS = 0.97
"""A figure of more than this share of its peak has lost nothing that needs a cause."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the card."""

    metric: str
    implementation: str
    value: float | None
    """None where nothing was measured; `cause` says why."""
    unit: str
    of_clock: float | None
    """Share of the peak at the clock of the same time; None where it is not known."""
    of_sheet: float | None
    """Share of the nameplate; None where it is not known."""
    sustained: bool
    """Whether it is a rate that was steady, and not one of seconds."""
    criteria: tuple[Criterion, ...]
    cause: str


def rows(subject: Subject, criteria: tuple[Criterion, ...]) -> tuple[Row, ...]:
    """One row a case that is no check, in the order of the plan; a criterion beside its figure.

    Of a metric that is measured in several ways the criterion stands beside each.
    """
    sheets, clocks = _peaks(subject)
    runs = {(r.metric, r.implementation): r for r in subject.once(accelerator_runs)}
    found = []
    for case in subject.evidence.plan.cases:
        if not isinstance(case, KernelCase) or case.metric.endswith(SUFFIX["check"]):
            continue
        run = runs.get((case.metric, case.implementation))
        value = None if run is None else run.rate
        of_sheet = _share(value, sheets, case)
        found.append(
            Row(
                case.metric,
                case.implementation,
                value,
                case.unit,
                _share(value, clocks, case),
                of_sheet,
                run is not None and run.sustained is not None,
                tuple(c for c in criteria if c.metric == case.metric),
                _why_not(subject, case)
                if run is None
                else _cause(run.causes, _share(value, clocks, case), of_sheet),
            )
        )
    return tuple(found)


def checks(subject: Subject) -> tuple[str, ...]:
    """What did not come out right of the kernels that were only looked at; empty if all did."""
    return tuple(
        f"{case.precision} {case.kernel} ({case.implementation}): {_why_not(subject, case)}"
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase)
        and case.metric.endswith(SUFFIX["check"])
        and not subject.derived.valid(case)
    )


def checked(subject: Subject) -> int:
    """How many kernels were looked at and right."""
    return sum(
        bool(subject.derived.valid(case))
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase) and case.metric.endswith(SUFFIX["check"])
    )


def _peaks(subject: Subject) -> tuple[dict[str, float], dict[str, float]]:
    """Nameplates and peaks at the measured clock, by the name of the figure."""
    sheets: dict[str, float] = {}
    clocks: dict[str, float] = {}
    for peak in subject.once(accelerator_peaks):
        if peak.theoretical is None or "/cycle" in peak.unit:
            continue
        into = clocks if peak.how.startswith("the same at") else sheets
        top = peak.theoretical.value or peak.theoretical.high
        if top:
            into.setdefault(peak.metric, top)
    return sheets, clocks


def _share(value: float | None, tops: dict[str, float], case: KernelCase) -> float | None:
    top = tops.get(full_name(case)) or tops.get(case.metric)
    return None if value is None or top is None else value / top


def _cause(causes: tuple[str, ...], of_clock: float | None, of_sheet: float | None) -> str:
    """What the clock cost, with what held it down, and what was lost at the clock that it had."""
    if of_sheet is None or of_sheet >= NO_LOSS:
        return ""
    if of_clock is None:
        return "; ".join(causes) or UNEXPLAINED
    parts = []
    clock = of_sheet / of_clock
    if clock < NO_LOSS:
        parts.append(f"clock {clock - 1:+.0%}: {'; '.join(causes) or UNEXPLAINED}")
    if of_clock < NO_LOSS:
        parts.append(f"{of_clock - 1:+.0%} at its clock: the library's kernel")
    return "; ".join(parts)


def _why_not(subject: Subject, case: KernelCase) -> str:
    reasons = []
    for outcome in subject.derived.outcomes_of(case):
        match outcome:
            case Failed() | Skipped():
                reasons.append(outcome.reason.text)
            case Measured():
                reasons.append(f"error {outcome.error:.3g}, tolerance {outcome.tolerance:.3g}")
            case _:
                raise AssertionError("a kernel has no such outcome")
    return "; ".join(dict.fromkeys(reasons)) or "nothing was measured"
