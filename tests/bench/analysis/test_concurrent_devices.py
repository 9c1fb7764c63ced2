"""Cards in the time in which all of them ran."""

import pytest

from bench.analysis.concurrent_devices import device_group, single_device
from bench.evidence.codec import replace
from bench.evidence.outcome import Disturbance, Measured, Readings, Sample, Samples


def card(began_at_s: float | None, rates: list[int]) -> Measured:
    """A card with one sample a second, each with so many launches of one operation."""
    samples = tuple(Sample(float(i), 1.0, rate, Disturbance()) for i, rate in enumerate(rates))
    return Measured(
        "case",
        0,
        1,
        8,
        Samples.of(samples),
        Readings(),
        0.0,
        1.0,
        "time up",
        {},
        began_at_s=began_at_s,
    )


def test_only_samples_of_the_common_time_are_summed() -> None:
    # The second begins two seconds later: the fast begin of the first is nobody's company.
    found = device_group([card(0.0, [90, 90, 10, 10, 10]), card(2.0, [5, 5, 5, 70])], "FLOP/s")

    assert found is not None
    assert [state.burst for state in found.states] == [10, 5]
    assert found.total == 15


def test_cards_that_never_ran_together_have_no_sum() -> None:
    assert device_group([card(0.0, [10, 10]), card(2.0, [5, 5])], "FLOP/s") is None


def test_without_a_common_clock_nobody_knows_what_ran_together() -> None:
    assert device_group([card(0.0, [10, 10]), card(None, [5, 5])], "FLOP/s") is None


def test_nothing_measured_has_no_sum() -> None:
    assert device_group([], "FLOP/s") is None


def test_the_slowest_and_the_spread_are_of_the_same_time() -> None:
    found = device_group([card(0.0, [10] * 5), card(0.0, [8] * 5), card(0.0, [11] * 5)], "FLOP/s")

    assert found is not None
    assert found.slowest == 8
    assert found.spread == pytest.approx(0.3)
    assert found.sustained is None


def test_bytes_are_counted_where_the_unit_is_bytes() -> None:
    found = single_device(card(0.0, [10, 10]), "B/s")

    assert found is not None
    assert found.plateau_rate == 80


def test_rejected_samples_do_not_count() -> None:
    one = card(0.0, [10, 99])
    rejected = replace(
        one, samples=Samples.of((one.samples[0], replace(one.samples[1], rejected="clocks")))
    )
    none = replace(one, samples=Samples.of(replace(s, rejected="clocks") for s in one.samples))

    assert single_device(rejected, "FLOP/s").plateau_rate == 10  # type: ignore[union-attr]
    assert single_device(none, "FLOP/s") is None


def test_work_without_operations_has_no_rate() -> None:
    assert single_device(replace(card(0.0, [10]), ops_per_launch=0), "FLOP/s") is None
