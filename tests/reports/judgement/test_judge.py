"""The interval decides, and nothing passes by absence."""

import pytest

from reports.declarations.facility import Facility
from reports.judgement.judge import compare, judge, robustness
from reports.judgement.verdict import Alternative, Judged, Robustness, Verdict
from reports.quantities import UNKNOWN, Basis, Interval, Quantity, Unknown, exact

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
UNDECIDED, NOT_MEASURED = Verdict.UNDECIDED, Verdict.NOT_MEASURED
CITY = Facility("C", "city")


@pytest.mark.parametrize(
    ("operator", "interval", "wanted"),
    [
        (">=", exact(10), MET),
        (">", exact(10), NOT_MET),
        ("<=", exact(10), MET),
        (">=", exact(9.99), NOT_MET),
        (">", exact(10.01), MET),
        ("<=", exact(10.01), NOT_MET),
        (">=", Interval(10, 11, 12), MET),
        (">=", Interval(9, 11, 12), UNDECIDED),
        (">=", Interval(8, 9, 10), UNDECIDED),
        (">", Interval(8, 9, 10), NOT_MET),
        (">", Interval(10, 11, 12), UNDECIDED),
        ("<=", Interval(8, 9, 10), MET),
        ("<=", Interval(9, 10, 11), UNDECIDED),
        (">=", Interval(10, None, None), MET),
        (">=", Interval(9, None, None), NOT_MEASURED),
        (">=", UNKNOWN, NOT_MEASURED),
        ("<=", UNKNOWN, NOT_MEASURED),
    ],
)
def test_the_interval_decides(operator: str, interval: Interval, wanted: Verdict) -> None:
    assert compare(interval, operator, 10.0) is wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facility", "reason"),
    [
        (Facility("m", "machine"), "one machine is not a city; it shows what it contributes"),
        (Facility("f", "facility"), "one facility is not a city; it shows what it contributes"),
    ],
)
def test_a_part_is_neither_passed_nor_failed_as_a_city(facility: Facility, reason: str) -> None:
    high = Quantity(exact(99), "FLOP/s", Basis.MEASURED, ())
    low = Quantity(exact(1), "FLOP/s", Basis.MEASURED, ())

    verdicts = [judge(figure, ">=", 10, "city", facility) for figure in (high, low)]

    assert verdicts == [Judged(NOT_MEASURED, reason)] * 2


def test_what_is_not_known_is_not_measured_with_its_reason() -> None:
    assert judge(Unknown("no register"), ">=", 10, "city", CITY) == Judged(
        NOT_MEASURED, "no register"
    )


def test_a_gap_that_would_decide_is_not_measured_and_one_that_cannot_does_not_matter() -> None:
    gaps = ("hall 2 is dark",)
    inside = Quantity(Interval(9, None, 11), "count", Basis.DECLARED, (), gaps)
    above = Quantity(Interval(10, None, None), "count", Basis.DECLARED, (), gaps)
    below = Quantity(Interval(0, None, 9), "count", Basis.DECLARED, (), gaps)

    found = [judge(figure, ">=", 10, "city", CITY) for figure in (inside, above, below)]

    assert found == [Judged(v, "hall 2 is dark") for v in (NOT_MEASURED, MET, NOT_MET)]


def test_a_target_inside_a_complete_interval_is_undecided() -> None:
    figure = Quantity(Interval(9, 10, 11), "count", Basis.MEASURED, ())

    assert judge(figure, ">=", 10, "city", CITY).verdict is UNDECIDED


def other(verdict: Verdict, certifiable: bool = True) -> Alternative:
    return Alternative("p", certifiable, verdict, None, "")


@pytest.mark.parametrize(
    ("chosen", "others", "wanted"),
    [
        (MET, [other(MET), other(MET)], Robustness.PASS_ROBUST),
        (MET, [other(MET), other(NOT_MET)], Robustness.PASS_POLICY_DEPENDENT),
        (MET, [other(MET), other(NOT_MEASURED)], Robustness.PASS_POLICY_DEPENDENT),
        (MET, [other(MET), other(UNDECIDED)], Robustness.PASS_POLICY_DEPENDENT),
        (MET, [other(MET), other(NOT_MET, certifiable=False)], Robustness.PASS_ROBUST),
        (NOT_MET, [other(MET)], Robustness.FAIL),
        (NOT_MEASURED, [other(MET)], Robustness.NOT_COMPUTABLE),
        (UNDECIDED, [other(MET)], None),
    ],
)
def test_a_pass_is_robust_only_if_every_certifiable_policy_passes(
    chosen: Verdict, others: list[Alternative], wanted: Robustness | None
) -> None:
    assert robustness(Judged(chosen, ""), others) is wanted
