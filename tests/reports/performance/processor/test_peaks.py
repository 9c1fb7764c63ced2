"""Measured against theoretical peak."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from reports.performance.processor.peaks import peaks
from reports.performance.subject import Subject
from reports.report.testing import report_on


def named(name: str) -> tuple[str, Statistic, str | None]:
    """Metric, statistic and implementation of a figure that is called so."""
    stem, _, last = name.rpartition(".")
    stem, statistic = (stem, Statistic(last)) if last in set(Statistic) else (name, Statistic.VALUE)
    if stem.endswith((".portable", ".wide")):
        stem, _, way = stem.rpartition(".")
        return stem, statistic, way
    return stem, statistic, None


def with_figures(evidence: Evidence, *figures: tuple[str, float, str]) -> Evidence:
    estimates = tuple(
        Estimate(metric, statistic, v, v, v, unit, 0.75, 3, way)
        for name, v, unit in figures
        for metric, statistic, way in (named(name),)
    )
    cpu = replace(
        evidence.inventory.host.processor, vendor="AuthenticAMD", family=25, model=1
    )  # Zen 3, four cores, 32 FLOP/cycle
    host = replace(evidence.inventory.host, processor=cpu)
    return replace(evidence, estimates=estimates, inventory=replace(evidence.inventory, host=host))


def test_the_peak_is_cores_times_clock_times_flop_a_cycle(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = with_figures(
        make_evidence("a"),
        ("cpu.vector.fp32", 192e9, "FLOP/s"),
        ("cpu.vector.fp32.clock", 2e9, "Hz"),
        ("cpu.vector.fp32.one_core", 64e9, "FLOP/s"),
        ("cpu.vector.fp32.one_core.clock", 2.5e9, "Hz"),
    )

    whole, one = peaks(Subject(evidence))

    assert whole.theoretical is not None
    assert whole.theoretical.value == 4 * 2e9 * 32
    assert whole.ratio is not None
    assert whole.ratio.value == 0.75
    assert whole.how == "4 cores × 2.000 GHz × 32 FLOP/cycle/core"
    assert one.ratio is not None
    assert one.ratio.value == pytest.approx(64 / 80)


def test_flop_a_cycle_need_no_clock(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = with_figures(
        make_evidence("a"),
        ("cpu.vector.fp64", 1e9, "FLOP/s"),
        ("cpu.vector.fp64.per_cycle", 15.9, "FLOP/cycle"),
    )

    whole, cycle = peaks(Subject(evidence))

    assert (whole.ratio, whole.how) == (None, "the clock under load was not measured")
    assert cycle.ratio is not None
    assert cycle.ratio.value == pytest.approx(15.9 / 16)
    assert not cycle.impossible


def test_matrix_rates_take_the_clock_of_the_fma_load_where_they_have_none(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = with_figures(
        make_evidence("a"),
        ("cpu.matrix.fp64", 64e9, "FLOP/s"),
        ("cpu.vector.fp32.clock", 2e9, "Hz"),
    )

    (gemm,) = peaks(Subject(evidence))

    assert gemm.ratio is not None
    assert gemm.ratio.value == 0.5


def test_the_clock_is_that_of_the_implementation_that_gave_the_rate(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = with_figures(
        make_evidence("a"),
        ("cpu.vector.fp32", 128e9, "FLOP/s"),
        ("cpu.vector.fp32.portable", 60e9, "FLOP/s"),
        ("cpu.vector.fp32.portable.clock", 1e9, "Hz"),
        ("cpu.vector.fp32.wide", 128e9, "FLOP/s"),
        ("cpu.vector.fp32.wide.clock", 2e9, "Hz"),
    )

    (whole,) = peaks(Subject(evidence))

    assert whole.ratio is not None
    assert whole.ratio.value == 0.5


def test_above_the_physical_peak_is_impossible(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = with_figures(
        make_evidence("a"),
        ("cpu.vector.fp32.per_cycle", 34.0, "FLOP/cycle"),
        ("cpu.vector.fp64.per_cycle", 16.4, "FLOP/cycle"),
    )

    assert [peak.impossible for peak in peaks(Subject(evidence))] == [True, False]
    report = report_on((evidence,))
    assert report.exit_code() == 4
    assert report.warnings[0].startswith("ERROR: ")
