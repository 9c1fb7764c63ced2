"""Burst and sustained from one series."""

import math
import random

import pytest

from bench.analysis.steady_state import RatePoint, steady_state


def series(rates: list[float], step_s: float = 0.5) -> list[RatePoint]:
    return [RatePoint(i * step_s, step_s, rate * step_s) for i, rate in enumerate(rates)]


def test_a_constant_rate_is_sustained_from_the_first_sample() -> None:
    found = steady_state(series([800.0] * 40))

    assert (found.burst, found.sustained, found.steady_from_s) == (800, 800, 0)
    assert found.not_steady is None


def test_a_burst_is_not_part_of_what_is_sustained() -> None:
    found = steady_state(series([900.0] * 5 + [800.0] * 75))

    assert found.burst == 900
    assert found.sustained == 800
    assert found.steady_from_s is not None
    assert found.steady_from_s >= 2.5


def test_noise_without_a_trend_is_steady() -> None:
    seed = 20250701
    generator = random.Random(seed)
    found = steady_state(series([generator.gauss(800, 8) for _ in range(120)]))

    assert found.sustained == pytest.approx(800, rel=0.005), seed


def test_a_rate_that_keeps_falling_is_not_steady_and_goes_by_its_last_third() -> None:
    found = steady_state(series([900.0 - i for i in range(60)]))

    assert found.sustained is None
    assert found.plateau_rate == pytest.approx(850.5)
    assert found.not_steady is not None
    assert found.not_steady.startswith("the rate still fell by ")


def test_a_trend_below_a_thousandth_is_none() -> None:
    assert steady_state(series([800 - i * 0.005 for i in range(60)])).sustained is not None


def test_a_card_that_still_warms_up_is_not_steady() -> None:
    warming = [(float(second), 40.0 + second) for second in range(31)]

    found = steady_state(series([800.0] * 60), warming)

    assert found.sustained is None
    assert found.not_steady == "the temperature still rose by 10.0 °C"


def test_one_step_of_a_whole_degree_sensor_is_not_warming() -> None:
    toggling = [(float(second), 65.0 + (second > 25)) for second in range(31)]

    assert steady_state(series([800.0] * 60), toggling).sustained == 800


def test_a_card_that_has_warmed_up_is_steady_from_then_on() -> None:
    warmed = [(float(second), 40.0 + min(second, 20)) for second in range(61)]

    found = steady_state(series([800.0] * 120), warmed)

    assert found.steady_from_s is not None
    assert 15 <= found.steady_from_s <= 25


def test_a_short_run_says_how_long_it_would_take() -> None:
    found = steady_state(series([800.0] * 4))

    assert found.sustained is None
    assert found.not_steady == "2.0 s are too short, 10 s are needed"


def test_few_long_samples_show_no_trend() -> None:
    found = steady_state(series([800.0] * 4, step_s=10))

    assert found.sustained is None
    assert found.not_steady is not None
    assert found.not_steady.endswith("too few to see a trend, 10 are needed")


def test_a_burst_shorter_than_a_second_is_not_one() -> None:
    assert steady_state(series([1600.0] + [800.0] * 40)).burst == 1200


def test_a_wave_as_long_as_the_run_is_not_steady() -> None:
    # symmetric about its valley: a line through it has no slope
    wave = [800 + 50 * math.sin(2 * math.pi * i / 120) for i in range(120)]

    assert steady_state(series(wave)).sustained is None


def test_samples_that_lie_upon_each_other_are_not_steady() -> None:
    assert steady_state([RatePoint(0.0, 20.0, 1.0)] * 40).sustained is None


def test_an_empty_series_has_no_course() -> None:
    with pytest.raises(ValueError, match="without samples"):
        steady_state([])
