"""Samples of every process over time."""

import altair as alt

from bench.units import format_si
from reports.render import frames
from reports.render.charts.specification import Specification, specification
from reports.render.text import printable
from reports.report import Report

SAMPLES_A_PROCESS = 60
"""More points than this a process hide each other at the width of a page."""


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
    return specification(chart)
