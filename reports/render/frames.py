"""A report as pandas tables, for charts."""

import pandas as pd

from reports.render import rows
from reports.report import Report


def estimates(report: Report) -> pd.DataFrame:
    """Estimates with their bounds relative to the value."""
    frame = pd.DataFrame(rows.estimates(report))
    if not frame.empty:
        frame["relative_low"] = frame["low"] / frame["value"]
        frame["relative_high"] = frame["high"] / frame["value"]
    return frame


def series(report: Report, per_process: int) -> pd.DataFrame:
    """Samples over time, thinned to at most so many a process; rejected ones all stay."""
    frame = pd.DataFrame(rows.series(report))
    if frame.empty:
        return frame
    process = frame.groupby(["host", "metric", "implementation", "repeat"], sort=False)
    place = process.cumcount()
    step = -(-process["at_s"].transform("size") // per_process)
    return frame[(place % step == 0) | frame["rejected"].notna()].reset_index(drop=True)
