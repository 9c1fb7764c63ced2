"""What was asked for and gave no figure, with the reason."""

from collections import defaultdict
from dataclasses import dataclass
from typing import assert_never

from bench.evidence import Evidence
from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Skipped
from bench.evidence.plan import GuaranteeCase


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


def omissions(evidence: Evidence) -> tuple[Omission, ...]:
    """Everything that was asked for and gave no figure, one entry a reason."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    processes: dict[str, int] = defaultdict(int)
    for outcome in evidence.outcomes:
        match outcome:
            case Measured():
                right = outcome.error <= outcome.tolerance
                processes[outcome.case_id] += right
                if not right:
                    reason = f"error {outcome.error:.3g}, tolerance {outcome.tolerance:.3g}"
                    counts[outcome.case_id, "wrong result", reason] += 1
                for sample in outcome.samples:
                    if sample.rejected is not None:
                        counts[outcome.case_id, "rejected samples", sample.rejected] += 1
            case MeasuredIO() | MeasuredReplicate():
                processes[outcome.case_id] += 1
            case Skipped():
                counts[outcome.case_id, "skipped", outcome.reason] += 1
            case Failed():
                counts[outcome.case_id, "failed", outcome.reason] += 1
            case _:
                assert_never(outcome)
    for case in evidence.plan.cases:
        ran = sum(outcome.case_id == case.id for outcome in evidence.outcomes)
        if ran < case.repeats:
            reason = evidence.interrupted or "the evidence has no outcome of it"
            counts[case.id, "never ran", reason] += case.repeats - ran
        # A guarantee has its judgement, which needs no interval.
        if processes[case.id] == 1 and not isinstance(case, GuaranteeCase):
            counts[case.id, "no interval", "one process alone has no interval"] += 1
    return _listed(evidence, counts)


def _listed(evidence: Evidence, counts: dict[tuple[str, str, str], int]) -> tuple[Omission, ...]:
    host = evidence.inventory.host.hostname
    found = []
    for case in evidence.plan.cases:
        for (case_id, what, reason), count in counts.items():
            if case_id == case.id:
                metric, implementation = case.metric, case.implementation
                found.append(Omission(host, metric, implementation, what, count, reason))
    return tuple(found)
