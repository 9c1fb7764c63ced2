import pytest

from storage_bench.guarantee.judging.steady_state import (
    LATENCY,
    RATE,
    Round,
    Steadiness,
    assess,
    change,
    is_steady,
    rounds,
)
from storage_bench.job import Latency, Window


def row(*values: float, p99_s: float | None = 0.001) -> list[Round]:
    return [Round(60.0 * i, value, p99_s) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "steady"),
    [
        ((10000, 10200, 9900, 10100, 10050), True),
        ((14000, 12500, 11500, 10800, 10300), False),
        ((10000, 10500, 11000, 10400, 9900), True),
        ((10000, 10300, 10600, 10900, 11100), False),  # the line rises by 10.59 %
    ],
)
def test_five_rounds_are_steady_or_not(values, steady):
    assert is_steady(row(*values)) is steady


@pytest.mark.parametrize(("spread", "steady"), [(0.199, True), (0.201, False)])
def test_the_range_may_reach_a_fifth_of_the_mean(spread, steady):
    values = (1, 1 + spread / 2, 1 - spread / 2, 1, 1)
    assert change(values).within(RATE) is steady


@pytest.mark.parametrize(("rise", "steady"), [(0.0999, True), (0.1001, False)])
def test_the_line_may_rise_by_a_tenth_of_the_mean(rise, steady):
    assert change([1 + rise * (i - 2) / 4 for i in range(5)]).within(RATE) is steady


def test_latency_has_wider_bounds_and_both_quantities_count():
    wide = [1, 1.1, 0.85, 1.05, 1]
    assert not change(wide).within(RATE)
    assert change(wide).within(LATENCY)
    flat = row(1, 1, 1, 1, 1)
    rising = [Round(r.start_s, r.iops, 0.001 * (1 + i)) for i, r in enumerate(flat)]
    assert is_steady(flat)
    assert not is_steady(rising)


def test_rounds_without_latency_or_without_io_are_not_steady():
    assert not is_steady(row(1, 1, 1, 1, 1, p99_s=None))
    assert not is_steady(row(0, 0, 0, 0, 0))


def test_steady_state_is_entered_left_and_entered_again():
    values = [2, 1.5, 1, 1, 1, 1, 1, 0.5, 1, 1, 1, 1, 1]
    assert assess(row(*values)) == Steadiness(2, (7,))


def test_a_long_drift_of_ten_per_cent_a_round_is_never_steady():
    assert assess(row(*(0.9**i for i in range(30)))) == Steadiness(None, ())


def test_what_comes_after_25_rounds_comes_too_late():
    early = [0.9**i for i in range(21)]
    assert assess(row(*early, *[0.1] * 9)).reached is None


def test_fewer_than_five_rounds_say_nothing():
    assert assess(row(1, 1, 1, 1)) == Steadiness(None, ())


def test_a_change_needs_values_above_zero():
    with pytest.raises(ValueError, match="above 0"):
        change([0, 0])


def test_seconds_make_rounds_and_the_rest_makes_none():
    latency = Latency((1000,), (10,), 1000, 1000)
    windows = [Window(float(i), 1.0, 10, 0, latency, None) for i in range(7)]
    windows.append(Window(7.0, 0.5, 5, 0, latency, None))
    assert rounds(windows, 3) == (Round(0.0, 10.0, 1e-6), Round(3.0, 10.0, 1e-6))
