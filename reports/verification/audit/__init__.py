"""The audit: contradictions within evidence, with the program, and with physics. Pure.

A seal says that nothing was changed since; it does not say that the observations are ones. These
rules compare what a bundle says twice. They cannot find a fabrication that is consistent.
"""

from collections.abc import Iterable

from reports.performance.subject import Subject
from reports.verification.audit import (
    accuracy,
    clocks,
    machines,
    peaks,
    plans,
    samples,
    storage,
    well_formed,
    work,
)
from reports.verification.audit.rule import AuditFinding, Rule, Severity

OF_SCRIPTS: tuple[Rule, ...] = (*well_formed.RULES,)
"""Rules that hold of simulated evidence too, whose clocks and work are scripted."""

OF_MACHINES: tuple[Rule, ...] = (
    *samples.RULES,
    *work.RULES,
    *accuracy.RULES,
    *clocks.RULES,
    *plans.RULES,
    *machines.RULES,
    *storage.RULES,
    *peaks.RULES,
)

RULES: tuple[Rule, ...] = (*OF_SCRIPTS, *OF_MACHINES)


def malformed(subject: Subject) -> tuple[AuditFinding, ...]:
    """Numbers that no observation has: with one of them nothing else can be computed."""
    return tuple(f for rule in OF_SCRIPTS for f in rule.findings(subject))


def audit(subject: Subject) -> tuple[AuditFinding, ...]:
    """Every finding about well-formed evidence whose estimates follow, rule by rule."""
    if subject.evidence.inventory.simulated:
        return ()
    return tuple(f for rule in OF_MACHINES for f in rule.findings(subject))


def grave(
    findings: Iterable[AuditFinding], least: Severity = Severity.MAJOR
) -> tuple[AuditFinding, ...]:
    """Findings of that severity and above."""
    order = list(Severity)
    return tuple(f for f in findings if order.index(f.severity) <= order.index(least))
