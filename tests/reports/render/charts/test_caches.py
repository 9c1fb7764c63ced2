"""What the charts of staircases and rooflines are drawn from."""

import pytest

from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.planning.working_sets import sizes
from bench.testing.machine import simulated_evidence
from reports.render.charts import charts
from reports.render.charts.caches import caches, roofline
from reports.report import Report
from reports.report.testing import report_on


def values(chart: dict[str, object]) -> list[dict[str, object]]:
    datasets = chart["datasets"]
    assert isinstance(datasets, dict)
    return [row for rows in datasets.values() for row in rows]


@pytest.fixture
def report() -> Report:
    simulated = simulated_evidence()
    first, second = simulated.plan.cases
    chase = replace(first, metric="cpu.cache.latency.one_core", kernel="chase", cpus=(0,))
    ladder = replace(second, metric="cpu.cache.read.one_core", kernel="ladder", cpus=(0,))
    steps = [
        Estimate(
            case.metric, Statistic.VALUE, value, value, value, unit, 0.5, 2, working_set_bytes=size
        )
        for case, value, unit in ((chase, 1e-9, "s"), (ladder, 4e11, "B/s"))
        for size in sizes(64 << 10)
    ]
    plan = replace(simulated.plan, cases=(*simulated.plan.cases, chase, ladder))
    return report_on([replace(simulated, plan=plan, estimates=(*simulated.estimates, *steps))])


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
    assert "caches" not in charts(report_on([simulated_evidence()]))
