"""Every sample of a run as a rate over time, rejected ones included. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bench.evidence import Evidence
from bench.loss import during
from bench.outcome import Failed, Measured, MeasuredIO, MeasuredTrial, Outcome, Skipped
from bench.plan import Case, GuaranteeCase


@dataclass(frozen=True, slots=True)
class Point:
    """The rate of one sample, or of one whole storage job."""

    host: str
    metric: str
    implementation: str
    repeat: int
    at_s: float
    """Seconds since the measurement of its case began."""
    rate: float
    unit: str
    rejected: str | None
    throttled: str | None = None
    """Reasons that the driver of an accelerator named for a lowered clock meanwhile."""


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


def points(evidence: Evidence) -> tuple[Point, ...]:
    """Samples of every case, in the order of the plan."""
    cases = {case.id: case for case in evidence.plan.cases}
    found = []
    for outcome in evidence.outcomes:
        case = cases.get(outcome.case_id)
        if case is None:
            continue
        for at_s, rate, rejected, throttled in _rates(case, outcome):
            found.append(
                Point(
                    evidence.inventory.host.hostname,
                    case.metric,
                    case.implementation,
                    outcome.repeat,
                    at_s,
                    rate,
                    case.unit,
                    rejected,
                    throttled,
                )
            )
    order = {case.id: i for i, case in enumerate(evidence.plan.cases)}
    rank = {(c.metric, c.implementation): order[c.id] for c in evidence.plan.cases}
    return tuple(sorted(found, key=lambda p: (rank[p.metric, p.implementation], p.repeat, p.at_s)))


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
            case MeasuredIO() | MeasuredTrial():
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


def _rates(case: Case, outcome: Outcome) -> Sequence[tuple[float, float, str | None, str | None]]:
    match outcome:
        case Measured():
            work = outcome.bytes_per_launch if case.unit == "B/s" else outcome.ops_per_launch
            return [
                (s.start_s, work * s.launches / s.duration_s, s.rejected, ", ".join(names) or None)
                for s, names in zip(
                    outcome.samples, during(outcome.samples, outcome.readings), strict=True
                )
                if s.duration_s > 0
            ]
        case MeasuredIO():
            result = outcome.result
            amount = result.io_bytes if case.unit == "B/s" else result.ios
            return [(0.0, amount / result.duration_s, None, None)] if result.duration_s > 0 else []
        case MeasuredTrial():
            done = outcome.trial.result
            return [] if done is None else [(0.0, done.ios / done.duration_s, None, None)]
        case Skipped() | Failed():
            return []
        case _:
            assert_never(outcome)
