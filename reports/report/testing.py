"""Reports on evidence that a simulation made: audited, not recomputed. For tests and examples.

Evidence of others comes from `reports.verification`, which trusts nothing.
"""

from collections.abc import Iterable
from typing import Any

from bench.evidence import Evidence
from reports.performance import analyse
from reports.performance.machine import MachineAnalysis
from reports.performance.subject import Subject
from reports.performance.verified import VerifiedEvidence
from reports.report import Report, build
from reports.verification.audit import audit


def analysed(evidences: Iterable[Evidence]) -> tuple[MachineAnalysis, ...]:
    """What a report knows of these machines."""
    subjects = [Subject(evidence) for evidence in evidences]
    return tuple(analyse(VerifiedEvidence(s.evidence, audit(s), s)) for s in subjects)


def report_on(evidences: Iterable[Evidence], *options: Any, **named: Any) -> Report:
    """`reports.report.build` on these machines."""
    return build(analysed(evidences), *options, **named)
