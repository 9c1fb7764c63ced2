"""A report as pandas tables, for spreadsheets and charts."""

import pandas as pd

from reports.render import rows
from reports.report import Report

_COLUMNS = (
    "table", "number", "id", "host", "year", "operator", "target", "value", "low", "high", "unit",
    "contribution", "contribution_low", "contribution_high", "contribution_unit",
    "verdict", "basis", "policy", "robustness", "confidence", "n", "measured_nodes",
    "declared_nodes", "reason",
)  # fmt: skip
_INTEGERS = ("number", "year", "n", "measured_nodes", "declared_nodes")


def everything(report: Report) -> pd.DataFrame:
    """Indicators, thresholds, guarantees, capacities, estimates, omissions in one long table.

    The first column says which of them a line is; a line leaves empty what it has no answer for.
    """
    lines = [
        *(_flat("indicator", row) for row in rows.indicators(report)),
        *(_flat("threshold", row) for row in rows.thresholds(report)),
        *(
            {
                **row,
                "table": "guarantee",
                "id": row["mount_point"] or row["directory"],
                "reason": "; ".join(row["reasons"]),
            }
            for row in rows.certificates(report)
        ),
        *({**row, "table": "business system", "id": row["system"]} for row in rows.systems(report)),
        *({"table": "capacity", "id": row["metric"], **row} for row in rows.capacities(report)),
        *(
            {
                **row,
                "table": "fleet",
                "id": row["figure"],
                "host": row["lowest"],
                "value": row["median"],
                "measured_nodes": row["machines"],
            }
            for row in rows.fleet(report)
        ),
        *({"table": "estimate", "id": row["figure"], **row} for row in rows.estimates(report)),
        *(
            {**row, "table": row["what"], "id": row["metric"], "n": row["count"]}
            for row in rows.omissions(report)
        ),
    ]
    lines += ({"table": "warning", "reason": text} for text in report.first_warnings)
    frame = pd.DataFrame(lines, columns=list(_COLUMNS))
    return frame.astype(dict.fromkeys(_INTEGERS, "Int64"))


def _flat(table: str, row: rows.Row) -> rows.Row:
    part = row["contribution"] or {"value": None, "low": None, "high": None, "unit": None}
    return {
        **row,
        "table": table,
        "contribution": part["value"],
        "contribution_low": part["low"],
        "contribution_high": part["high"],
        "contribution_unit": part["unit"],
    }


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
