"""Everything that a report shows, computed once: the formats only write it down. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import InvalidEvidence, UsageError
from bench.evidence import Evidence
from bench.evidence.conclusions import Estimate
from reports.capacity import normalise
from reports.capacity.matching import GroupEvidence, assign, of_machines
from reports.declarations import capacity_plan
from reports.declarations import policy as policies
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.facility import Facility
from reports.declarations.policy import Policy, alternatives
from reports.judgement.findings import indicators, thresholds
from reports.judgement.guarantees import Certificate, SystemFinding, certificates, systems
from reports.judgement.guarantees import notes as notes_on_volumes
from reports.judgement.indicators.facts import Facts
from reports.judgement.judge import exit_code
from reports.judgement.verdict import PlanFinding
from reports.performance.accelerators.chosen_shapes import ChosenShape, chosen_shapes
from reports.performance.accelerators.nodes import NodeRun, node_runs
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.accelerators.runs import AcceleratorRun, accelerator_runs
from reports.performance.omissions import Omission, omissions
from reports.performance.peak import Peak
from reports.performance.processor.caches import CacheLevel, Step, cache_levels, steps
from reports.performance.processor.interference import Disturbance, disturbances
from reports.performance.processor.peaks import peaks
from reports.performance.processor.roofline import Roofline, rooflines
from reports.performance.samples import Point, points
from reports.report.capacities import ClassCapacity, by_class
from reports.report.machines import Machine, machine
from reports.report.provenance import Provenance, provenance
from reports.report.warnings import about_audit, about_declarations, about_machines
from reports.verification.audit import audit, grave
from reports.verification.audit.machines import counted_twice
from reports.verification.audit.rule import AuditFinding


@dataclass(frozen=True, slots=True)
class HostEstimate:
    """An estimate and the machine it is of."""

    host: str
    run_id: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Report:
    """One facility against one plan in one year, with all that it rests on."""

    facility: Facility
    plan: CapacityPlan
    year: int
    policy: Policy
    machines: tuple[Machine, ...]
    estimates: tuple[HostEstimate, ...]
    indicators: tuple[PlanFinding, ...]
    thresholds: tuple[PlanFinding, ...]
    capacities: tuple[ClassCapacity, ...]
    """Each class and the total under every policy, the chosen one first."""
    omissions: tuple[Omission, ...]
    disturbances: tuple[Disturbance, ...]
    peaks: tuple[Peak, ...]
    accelerators: tuple[AcceleratorRun, ...]
    nodes: tuple[NodeRun, ...]
    """Cards of one node that ran at the same time."""
    shapes: tuple[ChosenShape, ...]
    caches: tuple[CacheLevel, ...]
    steps: tuple[Step, ...]
    rooflines: tuple[Roofline, ...]
    series: tuple[Point, ...]
    provenance: tuple[Provenance, ...]
    certificates: tuple[Certificate, ...]
    """What was tested of the IOPS guarantee, volume by volume."""
    systems: tuple[SystemFinding, ...]
    """The guarantee on the business systems that the facility declares."""
    audit: tuple[AuditFinding, ...]
    """Where the evidence contradicts itself, the program or physics."""
    warnings: tuple[str, ...]

    @property
    def disturbed(self) -> tuple[Disturbance, ...]:
        """Where the sustained figure needs an explanation."""
        return tuple(entry for entry in self.disturbances if entry.worth_telling)

    def exit_code(self, strict: bool = False) -> int:
        """0 where nothing is below target, else 1; strictly, undecided and not measured too.

        4 where a figure lies above what is physically possible: then none of them can be trusted.
        """
        if any(peak.impossible for peak in self.peaks) or grave(self.audit):
            return InvalidEvidence.exit_code
        return exit_code((*self.indicators, *self.thresholds), strict)


def build(
    evidences: Sequence[Evidence],
    facility: Facility | None = None,
    policy: Policy | str | Path | None = None,
    plan: CapacityPlan | str | Path | None = None,
    year: int | None = None,
) -> Report:
    """Judge verified evidence of some machines by a plan.

    Without a facility the machines stand for themselves. Policy and plan are given as they are,
    by name or by the path of a TOML file; the year is the plan's last unless it is given. Raises
    UsageError for what cannot be used or does not fit together, InvalidEvidence for one machine
    that is given twice.
    """
    if twice := counted_twice(evidences):
        raise InvalidEvidence(
            f"{twice[0].where} are one machine: {twice[0].because} [{twice[0].rule}].",
            "Give one bundle a machine.",
        )
    chosen = policy if isinstance(policy, Policy) else policies.load(policy or policies.DEFAULT)
    wanted = (
        plan
        if isinstance(plan, CapacityPlan)
        else capacity_plan.load(plan or capacity_plan.DEFAULT)
    )
    asked = wanted.years[-1] if year is None else year
    if asked not in wanted.years:
        raise UsageError(
            f"Plan {wanted.id} has no targets for {asked}.",
            f"Its years are {', '.join(map(str, wanted.years))}.",
        )
    if not evidences and facility is None:
        raise UsageError("There is neither evidence nor a facility.", "Give a bundle.")
    place = of_machines(evidences) if facility is None else facility
    assignments, notes = assign(evidences, place)
    estimates = tuple(
        HostEstimate(e.inventory.host.hostname, e.run_id, estimate)
        for e in evidences
        for estimate in e.estimates
    )
    tested = certificates(evidences)
    facts = _facts(place, assignments, estimates, tested, wanted, chosen)
    found = indicators(facts, asked)
    audited = tuple((e, finding) for e in evidences for finding in audit(e))
    tops = tuple(p for e in evidences for p in peaks(e) + accelerator_peaks(e))
    return Report(
        facility=place,
        plan=wanted,
        year=asked,
        policy=chosen,
        machines=tuple(machine(evidence) for evidence in evidences),
        estimates=estimates,
        indicators=found,
        thresholds=thresholds(facts),
        capacities=tuple(c for name in facts for c in by_class(facts[name], name)),
        omissions=tuple(o for evidence in evidences for o in omissions(evidence)),
        disturbances=tuple(d for evidence in evidences for d in disturbances(evidence)),
        peaks=tops,
        accelerators=tuple(run for evidence in evidences for run in accelerator_runs(evidence)),
        nodes=tuple(run for evidence in evidences for run in node_runs(evidence)),
        shapes=tuple(shape for evidence in evidences for shape in chosen_shapes(evidence)),
        caches=tuple(level for evidence in evidences for level in cache_levels(evidence)),
        steps=tuple(step for evidence in evidences for step in steps(evidence)),
        rooflines=tuple(line for evidence in evidences for line in rooflines(evidence)),
        series=tuple(point for evidence in evidences for point in points(evidence)),
        provenance=provenance(evidences, facts[chosen], found, wanted),
        certificates=tested,
        systems=tuple(
            system
            for threshold in wanted.thresholds
            if threshold.id == "business_iops"
            for system in systems(place, tested, threshold.value)
        ),
        audit=tuple(finding for _, finding in audited),
        warnings=(
            *about_machines(evidences, tops),
            *map(about_audit, audited),
            *about_declarations(chosen, wanted),
            *notes,
            *notes_on_volumes(place, tested),
        ),
    )


def _facts(
    facility: Facility,
    assignments: tuple[GroupEvidence, ...],
    estimates: tuple[HostEstimate, ...],
    tested: tuple[Certificate, ...],
    plan: CapacityPlan,
    chosen: Policy,
) -> dict[Policy, Facts]:
    """What the indicators are computed from under each policy; the chosen one comes first."""
    return {
        policy: Facts(
            facility=facility,
            capacities=normalise(assignments, facility, policy),
            plan=plan,
            estimates=tuple(e.estimate for e in estimates),
            certificates=tested,
        )
        for policy in (chosen, *alternatives(chosen))
    }
