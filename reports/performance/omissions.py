"""Omissions: what was asked for and gave no figure, with the reason."""

from collections import defaultdict
from dataclasses import dataclass
from typing import assert_never

from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Skipped
from bench.evidence.plan import GuaranteeCase, KernelCase
from reports.performance.subject import Subject, is_check


@dataclass(frozen=True, slots=True)
class Omission:
    """Cases that gave no figure, or samples that do not count, with the reason."""

    host: str
    metric: str
    implementation: str
    what: str
    """`skipped`, `failed`, `wrong result`, `rejected samples`, `never ran`, `no interval`."""
    count: int
    """Processes, or samples."""
    reason: str


def omissions(subject: Subject) -> tuple[Omission, ...]:
    """Everything that was asked for and gave no figure, one entry a reason."""
    evidence = subject.evidence
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    processes: dict[str, int] = defaultdict(int)
    for outcome in evidence.outcomes:
        match outcome:
            case Measured():
                processes[outcome.case_id] += outcome.is_valid
                if not outcome.is_valid:
                    reason = f"error {outcome.error:.3g}, tolerance {outcome.tolerance:.3g}"
                    counts[outcome.case_id, "wrong result", reason] += 1
                for rejected in outcome.samples.rejected:
                    if rejected is not None:
                        counts[outcome.case_id, "rejected samples", rejected] += 1
            case MeasuredIO() | MeasuredReplicate():
                processes[outcome.case_id] += 1
            case Skipped():
                counts[outcome.case_id, "skipped", outcome.reason.text] += 1
            case Failed():
                counts[outcome.case_id, "failed", outcome.reason.text] += 1
            case _:
                assert_never(outcome)
    for case in evidence.plan.cases:
        ran = len(subject.derived.outcomes_of(case))
        if ran < case.repeats:
            reason = evidence.interrupted or "the evidence has no outcome of it"
            counts[case.id, "never ran", reason] += case.repeats - ran
        # A guarantee has its judgement, and a check its error: they need no interval.
        needs_none = isinstance(case, GuaranteeCase) or (
            isinstance(case, KernelCase) and is_check(case)
        )
        if processes[case.id] == 1 and not needs_none:
            counts[case.id, "no interval", "one process alone has no interval"] += 1
    return _listed(subject, counts)


def _listed(subject: Subject, counts: dict[tuple[str, str, str], int]) -> tuple[Omission, ...]:
    found = []
    for case in subject.evidence.plan.cases:
        for (case_id, what, reason), count in counts.items():
            if case_id == case.id:
                metric, implementation = case.metric, case.implementation
                found.append(Omission(subject.host, metric, implementation, what, count, reason))
    return tuple(found)
