"""Caches of a machine from its estimates, beside what it claims."""

import json

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.inventory import Cache
from bench.evidence.plan import KernelCase
from bench.planning.working_sets import sizes
from bench.testing.machine import simulated_evidence
from reports.performance.processor.cache_levels import Size
from reports.performance.processor.caches import cache_levels, is_step, steps
from reports.performance.subject import Subject
from reports.render import render
from reports.report.headline import highlights
from reports.report.testing import report_on

KIB, MIB = 1 << 10, 1 << 20
CLAIMED = (
    Cache(1, "Data", 32 * KIB, 4), Cache(1, "Instruction", 64 * KIB, 4),
    Cache(2, "Unified", 480 * MIB, 1),
)  # fmt: skip


def figure(
    metric: str, size: int, value: float, unit: str, statistic: Statistic = Statistic.VALUE
) -> Estimate:
    low, high = value * 0.9, value * 1.1
    return Estimate(metric, statistic, value, low, high, unit, 0.75, 3, working_set_bytes=size)


def staircase(stem: str, unit: str, first: float, second: float, last: float) -> list[Estimate]:
    """32 KiB at the first value, 1 MiB at the second, then the last, without a ramp."""
    return [
        figure(stem, size, first if size <= 32 * KIB else second if size <= MIB else last, unit)
        for size in sizes(64 * MIB)
    ]


def with_figures(estimates: list[Estimate], caches: tuple[Cache, ...] = CLAIMED) -> Evidence:
    evidence = simulated_evidence()
    host = evidence.inventory.host
    processor = replace(host.processor, caches=caches)
    return replace(
        evidence,
        inventory=replace(evidence.inventory, host=replace(host, processor=processor)),
        plan=replace(evidence.plan, cases=CASES),
        outcomes=(),
        estimates=tuple(estimates),
    )


def cases() -> tuple[KernelCase, ...]:
    """A staircase and a ladder of one core, and a ladder of all."""
    case = simulated_evidence().plan.cases[0]
    assert isinstance(case, KernelCase)
    ladder = replace(case, metric="cpu.cache.read", kernel="ladder")
    one = replace(ladder, metric="cpu.cache.read.one_core", cpus=(0,))
    chase = replace(one, metric="cpu.cache.latency.one_core", kernel="chase")
    return one, chase, ladder


CASES = cases()


ONE = [
    *staircase("cpu.cache.latency.one_core", "s", 1.25e-9, 4e-9, 100e-9),
    figure("cpu.cache.latency.one_core", 32 * KIB, 9.9, "cycle", Statistic.CYCLES),
    figure("cpu.cache.latency.one_core", 4 * KIB, 5.0, "cycle", Statistic.CYCLES),
    *staircase("cpu.cache.read.one_core", "B/s", 400e9, 200e9, 20e9),
]
ALL = staircase("cpu.cache.read", "B/s", 1600e9, 800e9, 30e9)


def test_levels_have_sizes_latencies_bandwidths_and_what_is_claimed() -> None:
    inner, outer, memory = cache_levels(Subject(with_figures(ONE)))

    assert [level.name for level in (inner, outer, memory)] == ["cache 1", "cache 2", "memory"]
    assert inner.size == inner.streamed_size == Size(32 * KIB, 40 * KIB)
    assert outer.size == outer.streamed_size == Size(MIB, 1280 * KIB)
    assert [level.claimed_bytes for level in (inner, outer, memory)] == [32 * KIB, 480 * MIB, None]
    assert [level.latency_s for level in (inner, outer, memory)] == [1.25e-9, 4e-9, 100e-9]
    assert [level.read for level in (inner, outer, memory)] == pytest.approx([400e9, 200e9, 20e9])
    assert {level.cores for level in (inner, outer, memory)} == {1}


def test_cycles_are_those_of_a_set_with_the_levels_latency_and_unknown_without() -> None:
    inner, outer, memory = cache_levels(Subject(with_figures(ONE)))

    assert (inner.latency_cycles, outer.latency_cycles, memory.latency_cycles) == (5.0, None, None)


def test_all_cores_have_levels_of_their_own_without_a_latency() -> None:
    levels = cache_levels(Subject(with_figures(ONE + ALL)))

    assert [level.cores for level in levels] == [1, 1, 1, 4, 4, 4]
    assert [level.read for level in levels[3:]] == pytest.approx([1600e9, 800e9, 30e9])
    assert [level.latency_s for level in levels[3:]] == [None, None, None]
    assert levels[4].streamed_size == Size(MIB, 1280 * KIB)


def test_latencies_of_one_core_tell_levels_apart_where_the_bandwidth_of_all_does_not() -> None:
    flat = staircase("cpu.cache.read", "B/s", 1600e9, 40e9, 30e9)
    levels = cache_levels(Subject(with_figures(ONE + flat)))[3:]

    assert [level.name for level in levels] == ["cache 1", "cache 2", "memory"]
    assert [level.read for level in levels] == pytest.approx([1600e9, 40e9, 30e9])
    assert {(level.size, level.latency_s) for level in levels} == {(None, None)}


def test_claims_about_another_number_of_levels_are_not_set_beside_these() -> None:
    levels = cache_levels(Subject(with_figures(ONE, (*CLAIMED, Cache(3, "Unified", MIB, 1)))))

    assert {level.claimed_bytes for level in levels} == {None}


def test_a_machine_without_such_figures_has_no_levels() -> None:
    assert cache_levels(Subject(simulated_evidence())) == ()
    assert steps(Subject(simulated_evidence())) == ()


def test_steps_rise_and_keep_their_intervals() -> None:
    found = [step for step in steps(Subject(with_figures(ONE))) if step.quantity == "read"]

    assert [step.set_bytes for step in found] == list(sizes(64 * MIB))
    assert (found[0].estimate.low, found[0].estimate.high) == pytest.approx((360e9, 440e9))


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html"])
def test_each_format_shows_levels_and_leaves_working_sets_out_of_the_figures(format_: str) -> None:
    report = report_on([with_figures(ONE)])
    text = render(report, format_)

    assert [said for said in ("cache 2", "1 MiB – 1.25 MiB", "480 MiB", "4.00 ns", "200 GB/s")
            if said not in text] == []  # fmt: skip
    figures = {item.metric for item in highlights(report)}
    assert figures == set()


def test_where_working_sets_come_from_is_said_once_a_case() -> None:
    report = report_on([with_figures(ONE)])
    case, other, _ = CASES
    found = [(entry.figure, entry.inputs) for entry in report.provenance]
    sets = len(sizes(64 * MIB))

    assert found[:2] == [
        (f"cpu.cache.latency.one_core: {sets + 2} figures by working set", (other.id,)),
        (f"cpu.cache.read.one_core: {sets} figures by working set", (case.id,)),
    ]


def test_the_report_for_machines_has_levels_in_si_units() -> None:
    (_, outer, _) = json.loads(render(report_on([with_figures(ONE)]), "json"))["caches"]

    assert outer["size"] == {"holds_bytes": MIB, "outgrown_bytes": 1280 * KIB}
    assert (outer["claimed_bytes"], outer["latency_s"], outer["cores"]) == (480 * MIB, 4e-9, 1)


@pytest.mark.parametrize("statistic", [Statistic.VALUE, Statistic.CYCLES])
def test_a_figure_of_one_working_set_is_a_step(statistic: Statistic) -> None:
    assert is_step(figure("cpu.cache.latency", 4 * KIB, 1.0, "", statistic))


@pytest.mark.parametrize("metric", ["cpu.vector.fp32", "memory.triad", "cpu.cache.read.4KiB"])
def test_other_figures_are_none_whatever_they_are_called(metric: str) -> None:
    assert not is_step(Estimate(metric, Statistic.VALUE, 1.0, 1.0, 1.0, "", 0.75, 3))
