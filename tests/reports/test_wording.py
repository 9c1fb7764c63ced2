"""How a finding is said."""

import pytest

from reports import wording
from reports.facility import Facility
from reports.interval import UNKNOWN, Interval, exact
from reports.report import build


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
    assert wording.amount(interval, unit) == wanted


def test_the_spread_is_relative_to_the_value() -> None:
    assert wording.spread(Interval(99.0, 100.0, 102.0)) == "-1.0 +2.0 %"
    assert wording.spread(Interval(1.0, None, 2.0)) == "—"


def test_targets_are_said_in_the_plans_unit_with_their_operator(example_city: Facility) -> None:
    report = build((), example_city)

    said = [wording.target(f, report.plan) for f in (*report.indicators, *report.thresholds)]

    assert said[:4] == ["> 10 EFLOPS", "≥ 8", "≥ 40 %", "≥ 100 %"]
    assert said[12:] == ["≥ 100 PFLOPS", "≤ 1 ms", "≤ 3 ms", "≥ 10000 IOPS", "≥ 100 %"]


def test_text_of_evidence_cannot_steer_a_terminal() -> None:
    assert wording.printable("a\x1b[2J\nb\u202e") == "a\ufffd[2J\ufffdb\ufffd"
