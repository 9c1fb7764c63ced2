"""When a measurement has seen enough."""

import pytest

from bench.evidence.stopping import Stopped, StoppingRule

STOPPING = StoppingRule(min_samples=3, min_time_s=1, max_time_s=10, max_relative_error=0.01)


def test_it_goes_on_below_the_least_number_of_samples() -> None:
    assert STOPPING.decide([1.0, 1.0]) is None


def test_it_goes_on_below_the_least_time_however_precise() -> None:
    assert STOPPING.decide([0.1] * 9) is None


def test_it_stops_when_the_mean_is_known_well_enough() -> None:
    assert STOPPING.decide([1.0, 1.001, 0.999]) is Stopped.PRECISE


def test_noise_keeps_it_going_until_time_is_up() -> None:
    noisy = [1.0, 2.0, 1.0]

    assert STOPPING.decide(noisy) is None
    assert STOPPING.decide(noisy * 3) is Stopped.TIME_UP


def test_a_single_sample_that_takes_all_the_time_ends_it() -> None:
    assert STOPPING.decide([11.0]) is Stopped.TIME_UP


def test_limits_that_cannot_be_met_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="min_time_s"):
        StoppingRule(min_samples=3, min_time_s=2, max_time_s=1, max_relative_error=0.01)
    with pytest.raises(ValueError, match="min_samples is 1"):
        StoppingRule(min_samples=1, min_time_s=1, max_time_s=1, max_relative_error=0.01)
