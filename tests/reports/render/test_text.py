"""How a finding is said."""

import pytest

from reports.declarations.facility import Facility
from reports.quantities import UNKNOWN, Interval, exact
from reports.render import text
from reports.report.testing import report_on


@pytest.mark.parametrize(
    ("interval", "unit", "wanted"),
    [
        (None, "FLOP/s", "—"),
        (exact(8.8e18), "FLOP/s", "8.80 EFLOP/s"),
        (exact(8), "count", "8"),
        (exact(0.4), "%", "40.0 %"),
        (Interval(1e12, 2e12, 3e12), "FLOP/s", "2.00 TFLOP/s [1.00 TFLOP/s, 3.00 TFLOP/s]"),
        (Interval(0.0, None, 0.5), "%", "[0 %, 50.0 %]"),
        (Interval(1e12, None, None), "FLOP/s", "at least 1.00 TFLOP/s"),
        (UNKNOWN, "B", "at least 0 B"),
    ],
)
def test_an_amount_never_hides_its_bounds(interval: Interval, unit: str, wanted: str) -> None:
    assert text.amount(interval, unit) == wanted


def test_the_spread_is_relative_to_the_value() -> None:
    assert text.spread(Interval(99.0, 100.0, 102.0)) == "-1.0 +2.0 %"
    assert text.spread(Interval(1.0, None, 2.0)) == "—"


def test_targets_are_said_in_the_plans_unit_with_their_operator(example_city: Facility) -> None:
    report = report_on((), example_city)

    said = [text.target(f, report.plan) for f in (*report.indicators, *report.thresholds)]

    assert said[:4] == ["> 10 EFLOPS", "≥ 8", "≥ 40 %", "≥ 100 %"]
    assert said[12:] == ["≥ 100 PFLOPS", "≤ 1 ms", "≤ 3 ms", "≥ 10000 IOPS", "≥ 100 %"]


def test_text_of_evidence_cannot_steer_a_terminal() -> None:
    assert text.printable("a\x1b[2J\nb\u202e") == "a\ufffd[2J\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("value", "unit", "target", "wanted"),
    [
        (0.99999, "%", 1.0, "99.999 %"),
        (1.0, "%", 1.0, "100 %"),
        (0.9, "%", 1.0, "90.0 %"),
        (9.9996e18, "FLOP/s", 10e18, "9.9996 EFLOP/s"),
        (10.0004e18, "FLOP/s", 10e18, "10.0004 EFLOP/s"),
        (10e18, "FLOP/s", 10e18, "10.0 EFLOP/s"),
        (0.0010004, "s", 0.001, "1.0004 ms"),
    ],
)
def test_a_figure_is_not_rounded_to_the_other_side_of_its_target(
    value: float, unit: str, target: float, wanted: str
) -> None:
    assert text.short(exact(value), unit, target) == wanted
    assert text.amount(Interval(value, value, value * 2), unit, target).startswith(wanted)


def test_operations_a_byte_have_no_prefix() -> None:
    assert [text.intensity(v) for v in (0.651, 12.64)] == ["0.651 FLOP/B", "12.6 FLOP/B"]
