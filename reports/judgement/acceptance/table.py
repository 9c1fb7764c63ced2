"""The table of an acceptance: figure, shares of both peaks, criterion, verdict, cause of a loss."""

from dataclasses import dataclass

from bench.evidence.outcome import Failed, Measured, Skipped
from bench.evidence.plan import KernelCase
from reports.judgement.acceptance.criterion import Criterion
from reports.performance.accelerators.runs import accelerator_runs
from reports.performance.subject import Subject, is_check


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
    runs = {(r.metric, r.implementation): r for r in subject.once(accelerator_runs)}
    found = []
    for case in subject.evidence.plan.cases:
        if not isinstance(case, KernelCase) or is_check(case):
            continue
        own = tuple(criterion for criterion in criteria if criterion.metric == case.metric)
        run = runs.get((case.metric, case.implementation))
        if run is None:
            why = _why_not(subject, case)
            found.append(
                Row(case.metric, case.implementation, None, case.unit, None, None, False, own, why)
            )
            continue
        of_sheet = None if run.share_of_peak is None else 1 + run.share_of_peak
        found.append(
            Row(
                case.metric,
                case.implementation,
                run.rate,
                case.unit,
                run.of_clock,
                of_sheet,
                run.sustained is not None,
                own,
                "; ".join(run.lost_to),
            )
        )
    return tuple(found)


def checks(subject: Subject) -> tuple[str, ...]:
    """What did not come out right of the kernels that were only looked at; empty if all did."""
    return tuple(
        f"{case.precision} {case.kernel} ({case.implementation}): {_why_not(subject, case)}"
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase) and is_check(case) and not subject.derived.valid(case)
    )


def checked(subject: Subject) -> int:
    """How many kernels were looked at and right."""
    return sum(
        bool(subject.derived.valid(case))
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase) and is_check(case)
    )


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
