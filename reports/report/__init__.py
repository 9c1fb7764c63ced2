"""The report: everything that is shown, computed once. The formats only write it down. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.errors import InvalidEvidence, UsageError
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
from reports.performance.accelerators.chosen_shapes import ChosenShape
from reports.performance.accelerators.nodes import NodeRun
from reports.performance.accelerators.runs import AcceleratorRun
from reports.performance.machine import MachineAnalysis
from reports.performance.omissions import Omission
from reports.performance.peak import Peak
from reports.performance.processor.caches import CacheLevel, Step
from reports.performance.processor.interference import Interference
from reports.performance.processor.roofline import Roofline
from reports.performance.samples import Point
from reports.report.capacities import ClassCapacity, by_class
from reports.report.fleet import FleetFigure, first_warnings, fleet_figures, worth_showing
from reports.report.machines import Machine, machine
from reports.report.provenance import Provenance, provenance
from reports.report.warnings import about_audit, about_declarations, about_fleet, about_machines
from reports.verification.audit import grave
from reports.verification.audit.machines import counted_twice
from reports.verification.audit.rule import AuditFinding


@dataclass(frozen=True, slots=True)
class HostEstimate:
    """An estimate and the machine it is of."""

    host: str
    run_id: str
    estimate: Estimate


@dataclass(frozen=True)
class Report:
    """One facility against one plan in one year, with all that it rests on."""

    facility: Facility
    plan: CapacityPlan
    year: int
    policy: Policy
    machines: tuple[MachineAnalysis, ...]
    """All that is known of each machine; what a table shows of all of them is derived from it."""
    shown: tuple[MachineAnalysis, ...]
    """Those that are shown one by one: all of them, or the worst of a fleet."""
    fleet: tuple[FleetFigure, ...]
    """Figures over all machines of a fleet; empty where all are shown."""
    left_out: tuple[str, ...]
    """Bundles that cannot be used, each with its reason: no figure rests on them."""
    indicators: tuple[PlanFinding, ...]
    thresholds: tuple[PlanFinding, ...]
    capacities: tuple[ClassCapacity, ...]
    """Each class and the total under every policy, the chosen one first."""
    provenance: tuple[Provenance, ...]
    certificates: tuple[Certificate, ...]
    """What was tested of the IOPS guarantee, volume by volume."""
    systems: tuple[SystemFinding, ...]
    """The guarantee on the business systems that the facility declares."""
    warnings: tuple[str, ...]

    @cached_property
    def summaries(self) -> tuple[Machine, ...]:
        """The facts of each machine that a reader looks for first."""
        return tuple(map(machine, self.machines))

    @cached_property
    def shown_summaries(self) -> tuple[Machine, ...]:
        return tuple(map(machine, self.shown))

    @cached_property
    def first_warnings(self) -> tuple[str, ...]:
        """Warnings for people; of a fleet not one a machine."""
        return first_warnings(self.warnings, len(self.machines))

    @cached_property
    def estimates(self) -> tuple[HostEstimate, ...]:
        return tuple(HostEstimate(m.host, m.run_id, e) for m in self.shown for e in m.estimates)

    @cached_property
    def omissions(self) -> tuple[Omission, ...]:
        return tuple(each for m in self.shown for each in m.omissions)

    @cached_property
    def disturbances(self) -> tuple[Interference, ...]:
        return tuple(each for m in self.shown for each in m.disturbances)

    @cached_property
    def peaks(self) -> tuple[Peak, ...]:
        return tuple(each for m in self.shown for each in m.peaks)

    @cached_property
    def accelerators(self) -> tuple[AcceleratorRun, ...]:
        return tuple(each for m in self.shown for each in m.accelerators)

    @cached_property
    def nodes(self) -> tuple[NodeRun, ...]:
        """Cards of one node that ran at the same time."""
        return tuple(each for m in self.shown for each in m.nodes)

    @cached_property
    def shapes(self) -> tuple[ChosenShape, ...]:
        return tuple(each for m in self.shown for each in m.shapes)

    @cached_property
    def caches(self) -> tuple[CacheLevel, ...]:
        return tuple(each for m in self.shown for each in m.caches)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(each for m in self.shown for each in m.steps)

    @cached_property
    def rooflines(self) -> tuple[Roofline, ...]:
        return tuple(each for m in self.shown for each in m.rooflines)

    @cached_property
    def series(self) -> tuple[Point, ...]:
        return tuple(p for m in self.shown for each in m.series for p in each.points())

    @cached_property
    def audit(self) -> tuple[AuditFinding, ...]:
        """Where the evidence contradicts itself, the program or physics."""
        return tuple(each for m in self.machines for each in m.findings)

    @property
    def disturbed(self) -> tuple[Interference, ...]:
        """Where the sustained figure needs an explanation."""
        return tuple(entry for entry in self.disturbances if entry.worth_telling)

    def exit_code(self, strict: bool = False) -> int:
        """0 where nothing is below target, else 1; strictly, undecided and not measured too.

        4 where a figure lies above what is physically possible, or a bundle cannot be used: then
        none of them can be trusted.
        """
        impossible = any(peak.impossible for m in self.machines for peak in m.peaks)
        if impossible or grave(self.audit) or self.left_out:
            return InvalidEvidence.exit_code
        return exit_code((*self.indicators, *self.thresholds), strict)


def build(
    machines: Sequence[MachineAnalysis],
    facility: Facility | None = None,
    policy: Policy | str | Path | None = None,
    plan: CapacityPlan | str | Path | None = None,
    year: int | None = None,
    shown: Sequence[MachineAnalysis] | None = None,
    left_out: Sequence[str] = (),
) -> Report:
    """Judge some machines by a plan.

    `shown` are those of a fleet that get tables of their own, analysed in full; `left_out` says of
    bundles that cannot be used why.

    Without a facility the machines stand for themselves. Policy and plan are given as they are,
    by name or by the path of a TOML file; the year is the plan's last unless it is given. Raises
    UsageError for what cannot be used or does not fit together, InvalidEvidence for one machine
    that is given twice.
    """
    if twice := counted_twice(machines):
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
    if not machines and facility is None:
        raise UsageError("There is neither evidence nor a facility.", "Give a bundle.")
    place = of_machines(machines) if facility is None else facility
    assignments, notes = assign(machines, place)
    tested = certificates(machines)
    facts = _facts(machines, place, assignments, tested, wanted, chosen)
    found = indicators(facts, asked)
    apart = tuple(shown or (machines[i] for i in worth_showing(machines)))
    return Report(
        facility=place,
        plan=wanted,
        year=asked,
        policy=chosen,
        machines=tuple(machines),
        shown=apart,
        fleet=fleet_figures(machines),
        left_out=tuple(left_out),
        indicators=found,
        thresholds=thresholds(facts),
        capacities=tuple(c for name in facts for c in by_class(facts[name], name)),
        provenance=provenance(apart, facts[chosen], found, wanted),
        certificates=tested,
        systems=tuple(
            system
            for threshold in wanted.thresholds
            if threshold.id == "business_iops"
            for system in systems(place, tested, threshold.value)
        ),
        warnings=(
            *(f"ERROR: left out: {reason}" for reason in left_out),
            *about_fleet(len(machines), len(apart)),
            *about_machines(machines),
            *about_audit(machines),
            *about_declarations(chosen, wanted),
            *notes,
            *notes_on_volumes(place, tested),
        ),
    )


def _facts(
    machines: Sequence[MachineAnalysis],
    facility: Facility,
    assignments: tuple[GroupEvidence, ...],
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
            estimates=tuple(estimate for each in machines for estimate in each.estimates),
            certificates=tested,
        )
        for policy in (chosen, *alternatives(chosen))
    }
