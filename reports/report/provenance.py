"""Provenance of every figure: bundle, cases, formula. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.plan import Case, KernelCase
from reports.capacity import Capacity
from reports.declarations.capacity_plan import CapacityPlan
from reports.judgement.guarantees import Certificate
from reports.judgement.indicators.facts import Facts
from reports.judgement.verdict import PlanFinding
from reports.performance.machine import MachineAnalysis
from reports.performance.processor.caches import is_step


@dataclass(frozen=True, slots=True)
class Provenance:
    """One figure and how to get to it again."""

    figure: str
    formula: str
    inputs: tuple[str, ...]
    origin: str
    """The bundle (host and run), the policy, or the place in the plan."""


def provenance(
    machines: Sequence[MachineAnalysis],
    facts: Facts,
    findings: Sequence[PlanFinding],
    plan: CapacityPlan,
) -> tuple[Provenance, ...]:
    """Estimates from their bundles, capacities from estimates, indicators from capacities."""
    return (
        *(
            _estimate(evidence, e)
            for evidence in machines
            for e in evidence.estimates
            if not is_step(e)
        ),
        *(entry for evidence in machines for entry in _staircases(evidence)),
        *(_guarantee(certificate) for certificate in facts.certificates),
        *(_capacity(capacity) for capacity in facts.capacities),
        *(_finding(finding, plan) for finding in findings),
    )


def _guarantee(certificate: Certificate) -> Provenance:
    return Provenance(
        figure=f"IOPS guarantee of {certificate.volume}",
        formula=f"{certificate.guarantee}, judged from every second of its replicates",
        inputs=(f"{certificate.replicates} replicates in {certificate.directory}",),
        origin=f"{certificate.host}, run {certificate.run_id}",
    )


def _capacity(capacity: Capacity) -> Provenance:
    return Provenance(
        figure=f"{capacity.metric} of {capacity.group}",
        formula="the largest dense rate × factor × nodes",
        inputs=(capacity.how,),
        origin=capacity.policy,
    )


def _estimate(evidence: MachineAnalysis, estimate: Estimate) -> Provenance:
    cases = _cases(evidence, estimate)
    return Provenance(
        figure=estimate.name,
        formula=f"{_formula(estimate, cases)}; median over {estimate.n} processes",
        inputs=tuple(case.id for case in cases),
        origin=f"{evidence.host}, run {evidence.run_id}",
    )


def _staircases(evidence: MachineAnalysis) -> tuple[Provenance, ...]:
    """One entry a case for the figures of all its working sets."""
    counts: dict[tuple[Case, ...], int] = {}
    for estimate in evidence.estimates:
        if is_step(estimate):
            cases = _cases(evidence, estimate)
            counts[cases] = counts.get(cases, 0) + 1
    return tuple(
        Provenance(
            figure=f"{', '.join(case.metric for case in cases)}: {count} figures by working set",
            formula="ticks of the median chunk that went over the set; median over processes",
            inputs=tuple(case.id for case in cases),
            origin=f"{evidence.host}, run {evidence.run_id}",
        )
        for cases, count in counts.items()
    )


def _formula(estimate: Estimate, cases: tuple[Case, ...]) -> str:
    if estimate.statistic in (Statistic.CAPABILITY, Statistic.PER_CYCLE, Statistic.CLOCK):
        return "from the cycle-counter readings of the samples"
    if any(isinstance(case, KernelCase) and case.device != "cpu" for case in cases):
        return _of_accelerators(estimate, cases)
    if estimate.unit == "s":
        return "percentile of the engine's latency histogram"
    if estimate.unit in ("FLOP/s", "OP/s"):
        return "operations × launches ÷ time of all counted samples"
    if estimate.unit == "B/s" and any(isinstance(case, KernelCase) for case in cases):
        return "bytes × launches ÷ time of all counted samples"
    if estimate.unit in ("IO/s", "B/s"):
        return "completed I/O ÷ wall time"
    return "from the cycle-counter readings of the samples"


def _of_accelerators(estimate: Estimate, cases: tuple[Case, ...]) -> str:
    told = {
        Statistic.BURST: "work ÷ time of the best second",
        Statistic.SUSTAINED: "work ÷ time since the run was steady",
        Statistic.POWER: "energy by the device's counter ÷ the time between its readings",
        Statistic.POWER_INTEGRATED: "power integrated over its readings ÷ the time between them",
        Statistic.SLOWEST: "the least rate of the cards that ran at the same time",
        Statistic.SPREAD: "(fastest − slowest) ÷ median of the cards that ran at the same time",
    }
    counted = "work ÷ time since the run was steady, or of its last third"
    if len({case.device for case in cases if isinstance(case, KernelCase)}) > 1:
        counted += ", summed over the cards in the time in which all ran"
    return told.get(estimate.statistic, counted)


def _cases(evidence: MachineAnalysis, estimate: Estimate) -> tuple[Case, ...]:
    """Cases that the figure is made of: of its metric, or of the group of that name."""
    ways = [c for c in evidence.plan.cases if estimate.implementation in (None, c.implementation)]
    own = tuple(c for c in ways if c.metric == estimate.metric)
    return own or tuple(c for c in ways if isinstance(c, KernelCase) and c.group == estimate.metric)


def _finding(finding: PlanFinding, plan: CapacityPlan) -> Provenance:
    indicator = next(i for i in plan.indicators if i.id == finding.id)
    places = (plan.clause(id).place for id in indicator.clauses)
    return Provenance(
        figure=finding.id,
        formula=indicator.formula,
        inputs=finding.how or finding.gaps,
        origin=f"{plan.id}: {', '.join(places)}",
    )
