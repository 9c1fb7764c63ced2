"""Where every figure of a report comes from: bundle, cases, formula. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.evidence import Evidence
from bench.evidence.conclusions import Estimate
from bench.evidence.plan import Case, KernelCase, full_name
from reports.capacity import Capacity
from reports.declarations.capacity_plan import CapacityPlan
from reports.judgement.guarantees import Certificate
from reports.judgement.indicators.facts import Facts
from reports.judgement.verdict import PlanFinding
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
    evidences: Sequence[Evidence], facts: Facts, findings: Sequence[PlanFinding], plan: CapacityPlan
) -> tuple[Provenance, ...]:
    """Estimates from their bundles, capacities from estimates, indicators from capacities."""
    return (
        *(
            _estimate(evidence, e)
            for evidence in evidences
            for e in evidence.estimates
            if not is_step(e.metric)
        ),
        *(entry for evidence in evidences for entry in _staircases(evidence)),
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


def _estimate(evidence: Evidence, estimate: Estimate) -> Provenance:
    cases = _cases(evidence, estimate)
    return Provenance(
        figure=estimate.metric,
        formula=f"{_formula(estimate, cases)}; median over {estimate.n} processes",
        inputs=tuple(case.id for case in cases),
        origin=f"{evidence.inventory.host.hostname}, run {evidence.run_id}",
    )


def _staircases(evidence: Evidence) -> tuple[Provenance, ...]:
    """One entry a case for the figures of all its working sets."""
    counts: dict[tuple[Case, ...], int] = {}
    for estimate in evidence.estimates:
        if is_step(estimate.metric):
            cases = _cases(evidence, estimate)
            counts[cases] = counts.get(cases, 0) + 1
    return tuple(
        Provenance(
            figure=f"{', '.join(case.metric for case in cases)}: {count} figures by working set",
            formula="ticks of the median chunk that went over the set; median over processes",
            inputs=tuple(case.id for case in cases),
            origin=f"{evidence.inventory.host.hostname}, run {evidence.run_id}",
        )
        for cases, count in counts.items()
    )


def _formula(estimate: Estimate, cases: tuple[Case, ...]) -> str:
    if estimate.metric.rpartition(".")[2] in ("capability", "per_cycle", "clock"):
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
    by_end = {
        "burst": "work ÷ time of the best second",
        "sustained": "work ÷ time since the run was steady",
        "power": "energy by the device's counter ÷ the time between its readings",
        "power_integrated": "power integrated over its readings ÷ the time between them",
        "slowest": "the least rate of the cards that ran at the same time",
        "spread": "(fastest − slowest) ÷ median of the cards that ran at the same time",
    }
    counted = "work ÷ time since the run was steady, or of its last third"
    if len({case.device for case in cases if isinstance(case, KernelCase)}) > 1:
        counted += ", summed over the cards in the time in which all ran"
    return by_end.get(estimate.metric.rpartition(".")[2], counted)


def _cases(evidence: Evidence, estimate: Estimate) -> tuple[Case, ...]:
    """Cases that the figure is made of: of its name, or of the longest that it begins with."""
    metric = estimate.metric
    exact = tuple(c for c in evidence.plan.cases if metric in (c.metric, full_name(c)))
    if exact:
        return exact
    begins = [c for c in evidence.plan.cases if metric.startswith(f"{c.metric}.")]
    longest = max((len(c.metric) for c in begins), default=0)
    if begins:
        return tuple(c for c in begins if len(c.metric) == longest)
    return tuple(
        c
        for c in evidence.plan.cases
        if isinstance(c, KernelCase) and c.group and f"{metric}.".startswith(f"{c.group}.")
    )


def _finding(finding: PlanFinding, plan: CapacityPlan) -> Provenance:
    indicator = next(i for i in plan.indicators if i.id == finding.id)
    places = (plan.clause(id).place for id in indicator.clauses)
    return Provenance(
        figure=finding.id,
        formula=indicator.formula,
        inputs=finding.how or finding.gaps,
        origin=f"{plan.id}: {', '.join(places)}",
    )
