"""The rows that JSON, CSV and charts share."""

from reports.declarations.facility import Facility
from reports.performance.samples import Series
from reports.render import csv, frames, rows
from reports.report.testing import report_on


def test_indicators_are_in_the_plans_units_and_contributions_in_si(make_evidence) -> None:  # type: ignore[no-untyped-def]
    (scale, *_) = rows.indicators(report_on((make_evidence("a"),)))

    assert (scale["unit"], scale["target"], scale["operator"]) == ("EFLOPS", 10.0, ">")
    assert (scale["value"], scale["low"], scale["high"]) == (None, None, None)
    assert scale["contribution"] == {
        "value": 1e12, "low": 0.99e12, "high": 1.01e12, "unit": "FLOP/s",
    }  # fmt: skip


def test_a_citys_indicators_have_their_values(example_city: Facility) -> None:
    found = {row["id"]: row for row in rows.indicators(report_on((), example_city))}

    assert found["compute_scale"]["value"] == 8.824
    assert (found["srv6_share"]["value"], found["srv6_share"]["target"]) == (80.0, 80.0)
    assert found["storage_total"]["low"] == found["storage_total"]["high"] == 57.0
    assert found["applications"]["contribution"] is None
    assert found["applications"]["basis"] == "declared"


def test_thinned_series_keep_what_was_rejected(make_evidence) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    report = report_on((make_evidence("a"),))
    times_s = tuple(map(float, range(100)))
    rejected = tuple("throttled" if i == 7 else None for i in range(100))
    series = Series("a", "m", "i", 0, "B/s", times_s, (1.0,) * 100, rejected, (None,) * 100)
    machine = replace(report.machines[0], series=(series,))

    frame = frames.series(replace(report, machines=(machine,), shown=(machine,)), per_process=10)

    assert list(frame["at_s"]) == [0, 7, 10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_the_long_table_has_every_kind_of_line_and_whole_numbers(
    example_city, make_evidence
) -> None:  # type: ignore[no-untyped-def]
    lines = csv.everything(report_on((make_evidence("a"),), example_city))

    assert {line["table"] for line in lines} == {
        "indicator", "threshold", "business system", "capacity", "estimate", "warning",
    }  # fmt: skip
    numbers = [line["number"] for line in lines if line.get("number") is not None]
    assert numbers == list(range(1, 13))
