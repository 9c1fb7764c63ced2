"""Verified evidence, with the findings of its audit. Only verification makes it."""

from dataclasses import dataclass, field
from enum import StrEnum

from bench.evidence import Evidence
from reports.performance.subject import Subject


class Severity(StrEnum):
    """What a finding means for the evidence it is about."""

    CRITICAL = "critical"
    """The observations contradict each other or the program: no figure of them is shown."""
    MAJOR = "major"
    """Hardly possible: figures are shown, and none of them can be trusted."""
    MINOR = "minor"
    """Worth an auditor's look."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One place where a rule does not hold."""

    rule: str
    severity: Severity
    where: str
    because: str

    def __str__(self) -> str:
        return f"{self.rule} {self.severity}: {self.where}: {self.because}"


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """Evidence that is whole and whose figures follow, and every finding of the audit."""

    evidence: Evidence
    findings: tuple[AuditFinding, ...]
    subject: Subject = field(compare=False, repr=False)
    """The same with what was derived on the way, so that nobody derives it again."""
