"""Markdown for an issue or a job summary."""

import re

from reports.render import render
from reports.report import Report


def test_every_row_of_a_table_has_as_many_cells_as_its_head(
    machine: Report, city: Report, hostile: Report
) -> None:
    for report in (machine, city, hostile):
        tables = re.findall(r"(?:^\|.*\n)+", render(report, "markdown"), re.MULTILINE)
        widths = [
            {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()} for table in tables
        ]

        assert len(tables) >= 6
        assert [w for w in widths if len(w) != 1] == []


def test_neither_markup_nor_markdown_of_the_evidence_takes_effect(hostile: Report) -> None:
    text = render(hostile, "markdown")

    assert "<script" not in text
    assert "<img" not in text
    assert "\x1b" not in text
    assert "\\`=cmd" in text
