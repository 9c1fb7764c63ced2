"""What the charts of staircases and rooflines are drawn from."""

from dataclasses import replace

import pytest

from bench.evidence.conclusions import Estimate
from bench.planning.metric_names import working_set_label
from bench.planning.working_sets import sizes
from bench.testing.machine import simulated_evidence
from reports.render.charts import charts
from reports.render.charts.caches import caches, roofline
from reports.report import Report, build


def values(chart: dict[str, object]) -> list[dict[str, object]]:
    datasets = chart["datasets"]
    assert isinstance(datasets, dict)
    return [row for rows in datasets.values() for row in rows]


@pytest.fixture
def report() -> Report:
    steps = [
        Estimate(
            f"cpu.cache.{name}.one_core.{working_set_label(size)}",
            value,
            value,
            value,
            unit,
            0.5,
            2,
        )
        for name, value, unit in (("latency", 1e-9, "s"), ("read", 4e11, "B/s"))
        for size in sizes(64 << 10)
    ]
    simulated = simulated_evidence()
    return build([replace(simulated, estimates=(*simulated.estimates, *steps))])


def test_every_working_set_is_drawn_in_both_charts(report: Report) -> None:
    drawn = values(caches(report))

    assert [row["set"] for row in drawn] == 2 * list(sizes(64 << 10))
    assert {row["figure"] for row in drawn} == {"latency of a load, s", "read bandwidth, B/s"}
    assert {row["size"] for row in drawn} >= {"4 KiB", "64 KiB"}
    assert {row["said"] for row in drawn} == {"1.00 ns", "400 GB/s"}


def test_a_roofline_bends_at_its_ridge_and_never_passes_its_roof(report: Report) -> None:
    drawn = [row for row in values(roofline(report)) if row["data"] == "memory.triad"]
    (line,) = report.rooflines
    (ceiling,) = line.ceilings
    (roof,) = line.roofs

    assert [row["rate"] for row in drawn] == pytest.approx(
        [ceiling.bandwidth / 16, roof.flops, roof.flops]
    )
    assert drawn[1]["intensity"] == ceiling.ridge(roof)


def test_working_sets_have_their_own_chart_and_are_not_among_the_estimates(report: Report) -> None:
    found = charts(report)
    figures = {row["figure"] for row in values(found["estimates"]) if "figure" in row}

    assert {"caches", "roofline"} <= found.keys()
    assert figures == {"cpu.vector.fp32", "memory.triad"}


def test_a_machine_without_working_sets_has_no_such_chart() -> None:
    assert "caches" not in charts(build([simulated_evidence()]))
