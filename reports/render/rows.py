"""A report as plain rows, one mapping a line: what JSON, CSV and charts are made of. Pure."""

from typing import Any

from bench.evidence.codec import encode
from reports.declarations.capacity_plan import CapacityPlan, Unit
from reports.judgement.verdict import PlanFinding
from reports.quantities import Interval
from reports.render import text
from reports.report import Report

Row = dict[str, Any]


def indicators(report: Report) -> list[Row]:
    """The plan's indicators in its own units; `contribution` is in SI base units."""
    return [_finding(finding, report.plan) for finding in report.indicators]


def thresholds(report: Report) -> list[Row]:
    return [_finding(finding, report.plan) for finding in report.thresholds]


def estimates(report: Report) -> list[Row]:
    return [
        {
            "host": item.host,
            "run_id": item.run_id,
            "figure": item.estimate.name,
            **encode(item.estimate),
        }
        for item in report.estimates
    ]


def capacities(report: Report) -> list[Row]:
    return [
        {
            "metric": c.metric,
            "policy": c.policy,
            "certifiable": c.certifiable,
            **_bounds(c.amount),
            "unit": c.unit,
            "measured_nodes": c.measured_nodes,
            "declared_nodes": c.declared_nodes,
            "basis": encode(c.basis),
            "reason": c.reason,
        }
        for c in report.capacities
    ]


def peaks(report: Report) -> list[Row]:
    return [
        {
            "host": p.host,
            "metric": p.metric,
            "unit": p.unit,
            "measured": encode(p.measured),
            "theoretical": encode(p.theoretical),
            "ratio": encode(p.ratio),
            "microarchitecture": p.microarchitecture,
            "confidence": p.confidence,
            "how": p.how,
        }
        for p in report.peaks
    ]


def caches(report: Report) -> list[Row]:
    return [encode(level) for level in report.caches]


def rooflines(report: Report) -> list[Row]:
    """Roofs in FLOP/s, ceilings in B/s, and where they meet in FLOP/B, by precision."""
    return [
        {
            **encode(line),
            "ceilings": [
                {**encode(c), "ridges": {roof.precision: c.ridge(roof) for roof in line.roofs}}
                for c in line.ceilings
            ],
        }
        for line in report.rooflines
    ]


def accelerators(report: Report) -> list[Row]:
    """How each card ran, with the loss in one sentence beside its parts."""
    return [{**encode(run), "loss": text.loss(run)} for run in report.accelerators]


def nodes(report: Report) -> list[Row]:
    return [encode(run) for run in report.nodes]


def shapes(report: Report) -> list[Row]:
    return [encode(chosen) for chosen in report.shapes]


def certificates(report: Report) -> list[Row]:
    """What was tested of the IOPS guarantee, volume by volume."""
    return [encode(certificate) for certificate in report.certificates]


def systems(report: Report) -> list[Row]:
    """The guarantee on each business system that the facility declares."""
    return [encode(system) for system in report.systems]


def disturbances(report: Report) -> list[Row]:
    """How far each way of measuring stayed behind what the cores can do, and what is to blame."""
    return [encode(disturbance) for disturbance in report.disturbances]


def omissions(report: Report) -> list[Row]:
    return [encode(omission) for omission in report.omissions]


def provenance(report: Report) -> list[Row]:
    return [encode(entry) for entry in report.provenance]


def machines(report: Report) -> list[Row]:
    return [encode(machine) for machine in report.summaries]


def fleet(report: Report) -> list[Row]:
    """Figures over all machines of a fleet."""
    return [encode(figure) for figure in report.fleet]


def series(report: Report) -> list[Row]:
    return [encode(point) for point in report.series]


def _finding(finding: PlanFinding, plan: CapacityPlan) -> Row:
    entry = plan.entry(finding.id)
    unit = entry.unit
    contribution = None
    if finding.contribution is not None:
        contribution = {**_bounds(finding.contribution), "unit": unit.si}
    return {
        "number": finding.number,
        "id": finding.id,
        "name_zh": entry.name_zh,
        "name_en": entry.name_en,
        "year": finding.year,
        "unit": unit.plan,
        "operator": finding.operator,
        "target": unit.in_plan(finding.target),
        **_in_plan(finding.amount, unit),
        "verdict": finding.verdict.value,
        "basis": encode(finding.basis),
        "reason": finding.reason,
        "scope": finding.scope,
        "binding": finding.binding,
        "contribution": contribution,
        "said": finding.said,
        "policy": finding.policy,
        "robustness": encode(finding.robustness),
        "alternatives": [
            {
                "policy": other.policy,
                "certifiable": other.certifiable,
                "verdict": other.verdict.value,
                **_in_plan(other.amount, unit),
                "reason": other.reason,
            }
            for other in finding.alternatives
        ],
        "how": list(finding.how),
        "gaps": list(finding.gaps),
        "formula": entry.formula,
    }


def _bounds(amount: Interval | None) -> Row:
    if amount is None:
        return {"value": None, "low": None, "high": None}
    return {"value": amount.value, "low": amount.low, "high": amount.high}


def _in_plan(amount: Interval | None, unit: Unit) -> Row:
    return {name: unit.in_plan(bound) for name, bound in _bounds(amount).items()}
