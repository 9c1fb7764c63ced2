"""Audit rules and their findings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reports.performance.subject import Subject
from reports.performance.verified import AuditFinding, Severity

__all__ = ["AuditFinding", "Objection", "Rule", "Severity"]

Objection = tuple[str, str]
"""Where, and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that holds of every honest bundle, and the places where it does not."""

    id: str
    severity: Severity
    title: str
    check: Callable[[Subject], Iterable[Objection]]

    def findings(self, subject: Subject) -> Iterator[AuditFinding]:
        for where, because in self.check(subject):
            yield AuditFinding(self.id, self.severity, where, because)
