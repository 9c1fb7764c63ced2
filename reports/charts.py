"""The charts of a report, as Vega-Lite specifications made by altair."""

from typing import Any

import altair as alt
import pandas as pd

from bench.units import format_si
from reports import cache_charts, frames
from reports.caches import is_step
from reports.judge import Finding, Verdict
from reports.report import Report
from reports.wording import SIGN, printable, short

SAMPLES_A_PROCESS = 60
"""More points than this a process hide each other at the width of a page."""

VERDICT_COLOURS = {
    Verdict.MET: "#2e9e5b",
    Verdict.NOT_MET: "#d1433f",
    Verdict.UNDECIDED: "#d99a1c",
    Verdict.NOT_MEASURED: "#8a93a0",
}
_BLUE = "#3b7dd8"
_ROW_PX = 22
_FULL_BAR = 2.0
"""Twice a target fills the chart: what lies beyond is cut, its label tells."""

Specification = dict[str, Any]


def charts(report: Report) -> dict[str, Specification]:
    """The charts that the report has data for, by a name that never changes."""
    found = {"plan": plan(report)}
    if any(peak.ratio is not None for peak in report.peaks):
        found["peaks"] = peaks(report)
    if report.steps:
        found["caches"] = cache_charts.caches(report)
    if report.rooflines:
        found["roofline"] = cache_charts.roofline(report)
    if report.series:
        found["samples"] = samples(report)
    if any(not is_step(item.estimate.metric) for item in report.estimates):
        found["estimates"] = estimates(report)
    return found


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
        scale=alt.Scale(domain=[0, _FULL_BAR]),
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
    return _as_wide_as_the_page(layers, len(frame))


def peaks(report: Report) -> Specification:
    """Measured rates as a share of the theoretical peak."""
    frame = pd.DataFrame(
        [
            {
                "figure": _figure(report, peak.host, peak.metric),
                "share": peak.ratio.value,
                "low": peak.ratio.low,
                "high": peak.ratio.high,
                "measured": short(peak.measured, peak.unit),
                "peak": short(peak.theoretical, peak.unit),
                "how": peak.how,
            }
            for peak in report.peaks
            if peak.ratio is not None
        ]
    )
    base = alt.Chart(frame).encode(y=alt.Y("figure:N", sort=None, title=None))
    axis = alt.Axis(format="%")
    bars = base.mark_bar(height=10, color=_BLUE, opacity=0.6).encode(
        x=alt.X("share:Q", title="measured / theoretical peak", axis=axis),
        tooltip=["figure", "measured", "peak", "how"],
    )
    ranges = base.mark_rule(strokeWidth=3, color=_BLUE).encode(x="low:Q", x2="high:Q")
    mark = (
        alt.Chart(pd.DataFrame({"share": [1.0]})).mark_rule(strokeDash=[4, 3]).encode(x="share:Q")
    )
    layers = alt.layer(bars, ranges, mark)
    return _as_wide_as_the_page(layers, len(frame))


def samples(report: Report) -> Specification:
    """Samples over time, one small chart a figure; rejected and throttled ones are marked."""
    frame = frames.series(report, SAMPLES_A_PROCESS)
    several = len(report.machines) > 1
    frame["figure"] = frame["metric"] + " " + frame["implementation"] + ", " + frame["unit"]
    if several:
        frame["figure"] = frame["host"].map(printable) + " " + frame["figure"]
    frame["process"] = frame["repeat"] + 1
    frame["state"] = "counted"
    frame.loc[frame["throttled"].notna(), "state"] = "throttled"
    frame.loc[frame["rejected"].notna(), "state"] = "rejected"
    frame["said"] = [
        format_si(rate, unit) for rate, unit in zip(frame["rate"], frame["unit"], strict=True)
    ]
    frame["why"] = frame["rejected"].fillna(frame["throttled"]).fillna("").map(printable)
    kept = ["figure", "at_s", "rate", "process", "state", "said", "why"]
    chart = (
        alt.Chart(frame[kept])
        .mark_point(size=18, filled=True, opacity=0.9)
        .encode(
            x=alt.X("at_s:Q", title="s"),
            y=alt.Y("rate:Q", title=None, axis=alt.Axis(format="~s"), scale=alt.Scale(zero=False)),
            color=alt.Color("process:N", legend=alt.Legend(orient="top")),
            shape=alt.Shape(
                "state:N",
                scale=alt.Scale(
                    domain=["counted", "throttled", "rejected"],
                    range=["circle", "triangle-down", "cross"],
                ),
                legend=alt.Legend(orient="top", title=None),
            ),
            tooltip=["figure", "process", "said", "why"],
        )
        .properties(width=250, height=90)
        .facet(alt.Facet("figure:N", title=None, sort=None), columns=3)
        .resolve_scale(x="independent", y="independent")
    )
    return _specification(chart)


def estimates(report: Report) -> Specification:
    """The interval of every estimate relative to its value; working sets have their own chart."""
    frame = frames.estimates(report)
    frame = frame[~frame["metric"].map(is_step)].reset_index(drop=True)
    frame["figure"] = [
        _figure(report, host, metric)
        for host, metric in zip(frame["host"], frame["metric"], strict=True)
    ]
    frame["said"] = [
        f"{format_si(value, unit)}, {count} processes, {confidence:.0%}"
        for value, unit, count, confidence in zip(
            frame["value"], frame["unit"], frame["n"], frame["confidence"], strict=True
        )
    ]
    kept = ["figure", "relative_low", "relative_high", "said", "run_id"]
    base = alt.Chart(frame[kept]).encode(
        y=alt.Y("figure:N", sort=None, title=None), tooltip=["figure", "said", "run_id"]
    )
    bars = base.mark_rule(strokeWidth=5, color=_BLUE, opacity=0.6).encode(
        x=alt.X(
            "relative_low:Q",
            title="interval / value",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(zero=False),
        ),
        x2="relative_high:Q",
    )
    ticks = base.mark_tick(color=_BLUE, thickness=2).encode(x=alt.datum(1.0))
    layers = alt.layer(bars, ticks)
    return _as_wide_as_the_page(layers, len(frame))


def _bar(finding: Finding, report: Report) -> dict[str, object]:
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


def _shares(finding: Finding) -> tuple[float | None, float | None, float | None]:
    found = finding.amount or finding.contribution
    if found is None or finding.target == 0:
        return None, None, None
    low, value, high = (
        None if bound is None else min(bound / finding.target, _FULL_BAR * 0.8)
        for bound in (found.low, found.value, found.high)
    )
    return low, value, high


def _figure(report: Report, host: str, metric: str) -> str:
    return f"{printable(host)} {metric}" if len(report.machines) > 1 else metric


def _as_wide_as_the_page(chart: alt.LayerChart | alt.FacetChart, lines: int) -> Specification:
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    height = _ROW_PX * lines
    return _specification(chart.properties(width="container", height=height, autosize=fit))


def _specification(chart: alt.TopLevelMixin) -> Specification:
    return chart.to_dict(validate=True)
