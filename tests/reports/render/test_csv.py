"""One long table for a spreadsheet."""

import csv
from io import StringIO

from bench.evidence.codec import replace
from reports.render import render
from reports.report import Report


def test_every_line_has_all_columns_and_counts_are_whole(city: Report) -> None:
    lines = list(csv.DictReader(StringIO(render(city, "csv"))))

    assert {len(line) for line in lines} == {24}
    first = lines[0]
    assert (first["table"], first["number"], first["id"]) == ("indicator", "1", "compute_scale")
    assert (first["target"], first["unit"], first["verdict"]) == ("10.0", "EFLOPS", "not met")
    assert [line["n"] for line in lines if line["table"] == "estimate"] == ["3", "3", "3"]


def test_a_cell_that_a_spreadsheet_would_run_is_text(machine: Report) -> None:
    formula = '=HYPERLINK("http://x","y")'
    first = replace(machine.indicators[0], reason=formula)
    report = replace(machine, indicators=(first, *machine.indicators[1:]))

    (line, *_) = csv.DictReader(StringIO(render(report, "csv")))

    assert line["reason"] == f"'{formula}"
