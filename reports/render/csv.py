"""The report as one long table for a spreadsheet."""

from reports.render.frames import everything
from reports.report import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text(report: Report) -> str:
    """Comma-separated, one header line; a text that a spreadsheet would run is quoted with '."""
    frame = everything(report)
    for column in ("id", "host", "reason"):
        frame[column] = frame[column].map(_inert, na_action="ignore")
    return frame.to_csv(index=False, lineterminator="\n")


def _inert(cell: str) -> str:
    # Host names and reasons come from evidence: =HYPERLINK(...) must stay text.
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
