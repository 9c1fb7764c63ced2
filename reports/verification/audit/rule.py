"""Audit rules and their findings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bench.evidence import Evidence


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


Objection = tuple[str, str]
"""Where, and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that holds of every honest bundle, and the places where it does not."""

    id: str
    severity: Severity
    title: str
    check: Callable[[Evidence], Iterable[Objection]]

    def findings(self, evidence: Evidence) -> Iterator[AuditFinding]:
        for where, because in self.check(evidence):
            yield AuditFinding(self.id, self.severity, where, because)
