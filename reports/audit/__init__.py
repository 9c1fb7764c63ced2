"""What contradicts itself, the program or physics in evidence: every finding, not the first. Pure.

A seal says that nothing was changed since; it does not say that the observations are ones. These
rules compare what a bundle says twice. They cannot find a fabrication that is consistent.
"""

from collections.abc import Iterable

from bench.evidence import Evidence
from reports.audit import accuracy, clocks, form, machines, peaks, plans, samples, storage, work
from reports.audit.finding import Finding, Rule, Severity

OF_SCRIPTS: tuple[Rule, ...] = (*form.RULES,)
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


def malformed(evidence: Evidence) -> tuple[Finding, ...]:
    """Numbers that no observation has: with one of them nothing else can be computed."""
    return tuple(f for rule in OF_SCRIPTS for f in rule.findings(evidence))


def audit(evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding about well-formed evidence whose estimates follow, rule by rule."""
    if evidence.inventory.simulated:
        return ()
    return tuple(f for rule in OF_MACHINES for f in rule.findings(evidence))


def grave(findings: Iterable[Finding], least: Severity = Severity.MAJOR) -> tuple[Finding, ...]:
    """Findings of that severity and above."""
    order = list(Severity)
    return tuple(f for f in findings if order.index(f.severity) <= order.index(least))
