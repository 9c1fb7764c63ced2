"""Two charts of a machine's memory: its staircases, and its roofline."""

import math
from typing import Any

import altair as alt
import pandas as pd

from bench.units import format_binary, format_si
from reports.render.text import cores, intensity, printable
from reports.report import Report

_WIDTH_PX, _HEIGHT_PX = 390, 220
_LEAST, _MOST = -4, 8
"""Powers of two between which intensities are drawn: a sum of a stream to a large product."""
_TITLES = {"latency": "latency of a load", "read": "read bandwidth"}


def caches(report: Report) -> dict[str, Any]:
    """Latency and bandwidth over the working set, with the interval of each."""
    frame = pd.DataFrame(
        [
            {
                "figure": f"{_TITLES[step.quantity]}, {step.estimate.unit}",
                "cores": _cores(report, step.host, step.cores),
                "set": step.set_bytes,
                "value": step.estimate.value,
                "low": step.estimate.low,
                "high": step.estimate.high,
                "size": format_binary(step.set_bytes),
                "said": format_si(step.estimate.value, step.estimate.unit),
            }
            for step in report.steps
        ]
    )
    largest = frame["set"].max()
    octaves = [4096 * 4**i for i in range(1 + int(math.log(largest / 4096, 4)))]
    sizes = " : ".join(f"datum.value == {at} ? '{format_binary(at)}'" for at in octaves)
    across = alt.X(
        "set:Q",
        title="working set of a core",
        scale=alt.Scale(type="log", base=2, nice=False),
        axis=alt.Axis(values=octaves, labelExpr=f"{sizes} : ''"),
    )
    upwards = alt.Scale(type="log", nice=False)
    base = alt.Chart().encode(
        x=across,
        color=alt.Color("cores:N", legend=alt.Legend(orient="top", title=None)),
        tooltip=["cores", "size", "said"],
    )
    value = alt.Y("value:Q", title=None, scale=upwards, axis=alt.Axis(format="~s"))
    layers = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.4).encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(interpolate="linear", strokeWidth=1.5).encode(y=value),
        base.mark_point(size=14, filled=True).encode(y=value),
        data=frame,
    )
    drawn: dict[str, Any] = (
        layers.properties(width=_WIDTH_PX, height=_HEIGHT_PX)
        .facet(alt.Facet("figure:N", title=None, sort=None), columns=2)
        .resolve_scale(y="independent")
        .to_dict(validate=True)
    )
    return drawn


def roofline(report: Report) -> dict[str, Any]:
    """Attainable rate over intensity, one line a bandwidth and precision."""
    lines = []
    for machine in report.rooflines:
        for roof in machine.roofs:
            for ceiling in machine.ceilings:
                ridge = ceiling.ridge(roof)
                corners = [2.0**_LEAST, ridge, 2.0**_MOST]
                lines += [
                    {
                        "figure": _cores(report, machine.host, machine.cores),
                        "data": ceiling.name,
                        "precision": roof.precision,
                        "intensity": at,
                        "rate": min(roof.flops, at * ceiling.bandwidth),
                        "bandwidth": format_si(ceiling.bandwidth, "B/s"),
                        "ridge": intensity(ridge),
                    }
                    for at in corners
                    if at >= 2.0**_LEAST
                ]
    chart = (
        alt.Chart(pd.DataFrame(lines))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                "intensity:Q",
                title="FLOP / B",
                scale=alt.Scale(type="log", base=2, nice=False),
                axis=alt.Axis(values=[2.0**power for power in range(_LEAST, _MOST + 1, 2)]),
            ),
            y=alt.Y(
                "rate:Q",
                title="FLOP/s",
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(format="~s"),
            ),
            color=alt.Color("data:N", sort=None, legend=alt.Legend(orient="top", title=None)),
            strokeDash=alt.StrokeDash(
                "precision:N", legend=alt.Legend(orient="top", title=None), sort=["fp32", "fp64"]
            ),
            tooltip=["data", "precision", "bandwidth", "ridge"],
        )
        .properties(width=_WIDTH_PX, height=_HEIGHT_PX)
        .facet(alt.Facet("figure:N", title=None, sort=None), columns=2)
    )
    drawn: dict[str, Any] = chart.to_dict(validate=True)
    return drawn


def _cores(report: Report, host: str, count: int) -> str:
    return f"{printable(host)}, {cores(count)}" if len(report.machines) > 1 else cores(count)
