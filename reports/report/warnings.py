"""Warnings of a report."""

from collections.abc import Sequence

from bench.planning.feasibility import assumption
from reports.declarations import capacity_plan
from reports.declarations import policy as policies
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.policy import Policy
from reports.performance.machine import MachineAnalysis
from reports.verification.audit.rule import Severity


def about_declarations(policy: Policy, plan: CapacityPlan) -> tuple[str, ...]:
    """What the figures are converted and judged by, where it does not come with capbench."""
    found = []
    if policy.name not in policies.names():
        found.append(f"policy {policy.name} is none that comes with capbench: read it first")
    if plan.id not in capacity_plan.names():
        found.append(f"plan {plan.id} is none that comes with capbench: read it first")
    return tuple(found)


def about_fleet(machines: int, shown: int) -> tuple[str, ...]:
    """What is not shown of a fleet."""
    if shown == machines:
        return ()
    return (
        f"{machines} machines: the table of the fleet is over all of them; {shown}, those with "
        "findings and the slowest, are shown one by one",
    )


def about_audit(machines: Sequence[MachineAnalysis]) -> tuple[str, ...]:
    """Every finding of the audits, with its machine."""
    signs = {Severity.MINOR: "audit"}
    return tuple(
        f"{signs.get(found.severity, 'ERROR')}: {machine.host}: {found.where}: {found.because} "
        f"[{found.rule}]"
        for machine in machines
        for found in machine.findings
    )


def about_machines(machines: Sequence[MachineAnalysis]) -> tuple[str, ...]:
    """What a reader has to know of the machines, and figures that cannot be."""
    found = []
    for machine in machines:
        if machine.inventory.simulated:
            found.append(
                f"SIMULATED: {machine.host} has a simulated device; this certifies nothing"
            )
        if machine.interrupted is not None:
            found.append(f"{machine.host}: the run did not come to its end ({machine.interrupted})")
        if (assumed := assumption(machine.inventory, machine.plan.cases)) is not None:
            found.append(f"{machine.host}: {assumed}")
        found += machine.remarks
    return (
        *found,
        *(
            f"ERROR: {peak.host}: {peak.metric} lies above its theoretical peak "
            f"({peak.how}): the clock, the sheet or the timer is wrong"
            for machine in machines
            for peak in machine.peaks
            if peak.impossible
        ),
    )
