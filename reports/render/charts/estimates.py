"""Estimates with their intervals."""

import altair as alt

from bench.units import format_si
from reports.render import frames
from reports.render.charts.specification import BLUE, Specification, as_wide_as_the_page
from reports.render.text import printable
from reports.report import Report


def estimates(report: Report) -> Specification:
    """The interval of every estimate relative to its value; working sets have their own chart."""
    frame = frames.estimates(report)
    frame = frame[frame["working_set_bytes"].isna()].reset_index(drop=True)
    frame["figure"] = [
        figure_text(report, host, metric)
        for host, metric in zip(frame["host"], frame["figure"], strict=True)
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
    bars = base.mark_rule(strokeWidth=5, color=BLUE, opacity=0.6).encode(
        x=alt.X(
            "relative_low:Q",
            title="interval / value",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(zero=False),
        ),
        x2="relative_high:Q",
    )
    ticks = base.mark_tick(color=BLUE, thickness=2).encode(x=alt.datum(1.0))
    layers = alt.layer(bars, ticks)
    return as_wide_as_the_page(layers, len(frame))


def figure_text(report: Report, host: str, metric: str) -> str:
    return f"{printable(host)} {metric}" if len(report.machines) > 1 else metric
