"""The report for machines: keys sorted, the same bytes for the same report."""

import json

from reports.render import rows
from reports.report import Report

FORMAT = 1
# Format history of report.json:
#
# 1 - first format


def text(report: Report) -> str:
    """Indicators in the plan's units, everything else in SI base units; unknown is null."""
    plan = report.plan
    document = {
        "format": FORMAT,
        "facility": {
            "name": report.facility.name,
            "scope": report.facility.scope,
            "operator": report.facility.operator,
        },
        "policy": {"id": report.policy.name, "title": report.policy.title},
        "plan": {
            "id": plan.id,
            "title_zh": plan.title_zh,
            "title_en": plan.title_en,
            "year": report.year,
            "indicators": rows.indicators(report),
            "thresholds": rows.thresholds(report),
        },
        "machines": rows.machines(report),
        "shown_machines": [machine.run_id for machine in report.shown],
        "left_out": list(report.left_out),
        "fleet": rows.fleet(report),
        "estimates": rows.estimates(report),
        "certificates": rows.certificates(report),
        "business_systems": rows.systems(report),
        "capacities": rows.capacities(report),
        "peaks": rows.peaks(report),
        "caches": rows.caches(report),
        "rooflines": rows.rooflines(report),
        "accelerators": rows.accelerators(report),
        "nodes": rows.nodes(report),
        "shapes": rows.shapes(report),
        "disturbances": rows.disturbances(report),
        "omissions": rows.omissions(report),
        "provenance": rows.provenance(report),
        "warnings": list(report.warnings),
    }
    written = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{written}\n"
