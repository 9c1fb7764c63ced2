"""The plan's targets as bullet bars."""

import altair as alt
import pandas as pd

from reports.judgement.verdict import PlanFinding, Verdict
from reports.render.charts.specification import Specification, as_wide_as_the_page
from reports.render.text import SIGN, short
from reports.report import Report

VERDICT_COLOURS = {
    Verdict.MET: "#2e9e5b",
    Verdict.NOT_MET: "#d1433f",
    Verdict.UNDECIDED: "#d99a1c",
    Verdict.NOT_MEASURED: "#8a93a0",
}
FULL_BAR = 2.0
"""Twice a target fills the chart: what lies beyond is cut, its label tells."""


def plan(report: Report) -> Specification:
    """Each indicator as a share of its target, coloured by its verdict."""
    frame = pd.DataFrame([_bar(finding, report) for finding in report.indicators])
    base = alt.Chart(frame).encode(y=alt.Y("indicator:N", sort=None, title=None))
    colours = alt.Scale(
        domain=[verdict.value for verdict in Verdict],
        range=[VERDICT_COLOURS[verdict] for verdict in Verdict],
    )
    across = alt.X(
        "share:Q",
        title="share of the target",
        scale=alt.Scale(domain=[0, FULL_BAR]),
        axis=alt.Axis(format="%", values=[0, 0.5, 1, 1.5, 2]),
    )
    bars = base.mark_bar(height=12).encode(
        x=across,
        color=alt.Color("verdict:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
        tooltip=["indicator", "target", "found", "verdict"],
    )
    ranges = base.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q")
    words = base.mark_text(align="left", dx=5).encode(x="label_at:Q", text="label:N")
    mark = (
        alt.Chart(pd.DataFrame({"share": [1.0]})).mark_rule(strokeDash=[4, 3]).encode(x="share:Q")
    )
    layers = alt.layer(bars, ranges, words, mark)
    return as_wide_as_the_page(layers, len(frame))


def _bar(finding: PlanFinding, report: Report) -> dict[str, object]:
    entry = report.plan.entry(finding.id)
    found = finding.amount or finding.contribution
    low, value, high = _shares(finding)
    label = short(found, finding.unit, finding.target)
    if finding.amount is None and found is not None:
        label += f" of this {report.facility.scope}"
    return {
        "indicator": f"{finding.number} {entry.name_zh}",
        "target": f"{finding.operator} {entry.unit.in_plan(finding.target):g} {entry.unit.plan}",
        "found": label,
        "verdict": finding.verdict.value,
        "share": value,
        "low": low,
        "high": high,
        "label": f"{SIGN[finding.verdict]} {label}",
        "label_at": max(b for b in (low, value, high, 0.0) if b is not None),
    }


def _shares(finding: PlanFinding) -> tuple[float | None, float | None, float | None]:
    found = finding.amount or finding.contribution
    if found is None or finding.target == 0:
        return None, None, None
    low, value, high = (
        None if bound is None else min(bound / finding.target, FULL_BAR * 0.8)
        for bound in (found.low, found.value, found.high)
    )
    return low, value, high
