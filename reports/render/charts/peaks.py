"""Measured figures as shares of their theoretical peaks."""

import altair as alt
import pandas as pd

from reports.render.charts.estimates import figure_text
from reports.render.charts.specification import BLUE, Specification, as_wide_as_the_page
from reports.render.text import short
from reports.report import Report


def peaks(report: Report) -> Specification:
    """Measured rates as a share of the theoretical peak."""
    frame = pd.DataFrame(
        [
            {
                "figure": figure_text(report, peak.host, peak.metric),
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
    bars = base.mark_bar(height=10, color=BLUE, opacity=0.6).encode(
        x=alt.X("share:Q", title="measured / theoretical peak", axis=axis),
        tooltip=["figure", "measured", "peak", "how"],
    )
    ranges = base.mark_rule(strokeWidth=3, color=BLUE).encode(x="low:Q", x2="high:Q")
    mark = (
        alt.Chart(pd.DataFrame({"share": [1.0]})).mark_rule(strokeDash=[4, 3]).encode(x="share:Q")
    )
    layers = alt.layer(bars, ranges, mark)
    return as_wide_as_the_page(layers, len(frame))
