"""The report as one long table for a spreadsheet."""

import csv
from io import StringIO

from reports.render import rows
from reports.report import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FROM_EVIDENCE = ("id", "host", "reason")
_WHOLE = ("number", "year", "n", "measured_nodes", "declared_nodes")
_COLUMNS = (
    "table", "number", "id", "host", "year", "operator", "target", "value", "low", "high", "unit",
    "contribution", "contribution_low", "contribution_high", "contribution_unit",
    "verdict", "basis", "policy", "robustness", "confidence", "n", "measured_nodes",
    "declared_nodes", "reason",
)  # fmt: skip


def everything(report: Report) -> list[rows.Row]:
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
    return lines


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


def text(report: Report) -> str:
    """Comma-separated, one header line; a text that a spreadsheet would run is quoted with '."""
    written = StringIO()
    table = csv.DictWriter(written, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for line in everything(report):
        inert = {key: _inert(line[key]) for key in _FROM_EVIDENCE if line.get(key) is not None}
        table.writerow({key: _number(key, cell) for key, cell in (line | inert).items()})
    return written.getvalue()


def _number(column: str, cell: object) -> object:
    """Counts are whole and quantities are not, whatever value they happen to have."""
    whole = column in _WHOLE or isinstance(cell, bool)
    return float(cell) if isinstance(cell, int) and not whole else cell


def _inert(cell: str) -> str:
    # Host names and reasons come from evidence: =HYPERLINK(...) must stay text.
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
