"""Samples of a run as rates over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bench.evidence import Evidence
from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Outcome, Skipped
from bench.evidence.plan import Case
from reports.performance.accelerators.throttling import during


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
        case MeasuredReplicate():
            done = outcome.trial.result
            return [] if done is None else [(0.0, done.ios / done.duration_s, None, None)]
        case Skipped() | Failed():
            return []
        case _:
            assert_never(outcome)
