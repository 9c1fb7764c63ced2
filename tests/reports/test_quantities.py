"""Amounts between bounds."""

import random

import pytest

from reports.quantities import NONE, UNKNOWN, Interval, exact


def test_a_sum_with_something_unknown_keeps_its_lower_bound_and_loses_the_rest() -> None:
    assert Interval(1.0, 2.0, 3.0) + Interval(10.0, 10.0, 10.0) == Interval(11.0, 12.0, 13.0)
    assert Interval(1.0, 2.0, 3.0) + UNKNOWN == Interval(1.0, None, None)


def test_the_larger_of_two_amounts_is_taken_bound_by_bound() -> None:
    assert Interval(4.0, 10.0, 12.0).at_least(Interval(8.0, 8.0, 8.0)) == Interval(8.0, 10.0, 12.0)
    assert Interval(4.0, 10.0, None).at_least(exact(1.0)) == Interval(4.0, 10.0, None)


def test_a_share_of_exact_amounts_is_exact() -> None:
    assert exact(4e18).share_with(exact(6e18)) == exact(0.4)
    assert NONE.share_with(exact(5.0)) == exact(0.0)
    assert exact(5.0).share_with(NONE) == exact(1.0)


def test_a_share_of_nothing_in_nothing_is_no_number() -> None:
    assert NONE.share_with(NONE) is None


@pytest.mark.parametrize(
    ("part", "rest", "wanted"),
    [
        (exact(4.0), UNKNOWN, Interval(0.0, None, 1.0)),
        (UNKNOWN, exact(4.0), Interval(0.0, None, 1.0)),
        (exact(4.0), Interval(4.0, None, None), Interval(0.0, None, 0.5)),
        (Interval(4.0, None, None), exact(4.0), Interval(0.5, None, 1.0)),
    ],
)
def test_what_is_unknown_opens_a_share(part: Interval, rest: Interval, wanted: Interval) -> None:
    assert part.share_with(rest) == wanted


def test_every_share_of_amounts_inside_the_bounds_lies_inside_the_bounds() -> None:
    seed = 20250701
    source = random.Random(seed)
    outside = []
    for _ in range(2000):
        a, b = sorted(source.uniform(0, 10) for _ in range(2))
        c, d = sorted(source.uniform(0.1, 10) for _ in range(2))
        share = Interval(a, None, b).share_with(Interval(c, None, d))
        part, rest = source.uniform(a, b), source.uniform(c, d)
        assert share is not None
        assert share.high is not None
        if not share.low - 1e-12 <= part / (part + rest) <= share.high + 1e-12:
            outside.append((seed, a, b, c, d, part, rest))

    assert outside == []


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0)])
def test_impossible_bounds_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="low"):
        Interval(low, None, high)


def test_an_amount_over_another_is_bounded_at_the_opposite_ends() -> None:
    assert Interval(1.0, 2.0, 3.0).over(Interval(2.0, 4.0, 5.0)) == Interval(0.2, 0.5, 1.5)
    assert Interval(1.0, 2.0, 3.0).over(Interval(2.0, None, 5.0)).value is None
