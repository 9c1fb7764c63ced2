"""Warnings of a report."""

from collections.abc import Sequence

from bench.evidence import Evidence
from reports.declarations import capacity_plan
from reports.declarations import policy as policies
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.policy import Policy
from reports.performance.accelerators.conditions import remarks
from reports.performance.peak import Peak
from reports.verification.audit.rule import AuditFinding, Severity


def about_declarations(policy: Policy, plan: CapacityPlan) -> tuple[str, ...]:
    """What the figures are converted and judged by, where it does not come with capbench."""
    found = []
    if policy.name not in policies.names():
        found.append(f"policy {policy.name} is none that comes with capbench: read it first")
    if plan.id not in capacity_plan.names():
        found.append(f"plan {plan.id} is none that comes with capbench: read it first")
    return tuple(found)


def about_audit(audited: tuple[Evidence, AuditFinding]) -> str:
    evidence, finding = audited
    sign = "audit" if finding.severity is Severity.MINOR else "ERROR"
    host = evidence.inventory.host.hostname
    return f"{sign}: {host}: {finding.where}: {finding.because} [{finding.rule}]"


def about_machines(evidences: Sequence[Evidence], tops: tuple[Peak, ...]) -> tuple[str, ...]:
    found = []
    for evidence in evidences:
        host = evidence.inventory.host.hostname
        if evidence.inventory.simulated:
            found.append(f"SIMULATED: {host} has a simulated device; this certifies nothing")
        if evidence.interrupted is not None:
            found.append(f"{host}: the run did not come to its end ({evidence.interrupted})")
        found += remarks(evidence)
    impossible = (peak for peak in tops if peak.impossible)
    return (
        *found,
        *(
            f"ERROR: {peak.host}: {peak.metric} lies above its theoretical peak "
            f"({peak.how}): the clock, the sheet or the timer is wrong"
            for peak in impossible
        ),
    )
