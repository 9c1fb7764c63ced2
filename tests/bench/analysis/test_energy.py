"""Joules from a counter, or from power and flagged."""

import pytest

from bench.analysis.energy import Energy, Source, energy
from bench.evidence.outcome import AcceleratorReading, Reading, Readings


def reading(at_s: float, power_w: float | None, energy_j: float | None) -> Reading:
    return Reading(at_s, power_w=power_w, accelerator=AcceleratorReading(energy_j=energy_j))


def test_the_counter_comes_before_the_power_sensor() -> None:
    readings = [reading(0, 100, 5000), reading(1, 100, 5600), reading(2, 100, 6200)]

    assert energy(Readings.of(readings), 2.5) == Energy(1200, Source.COUNTER, 2, 0.8)
    assert energy(Readings.of(readings), 2.5).power_w == 600  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "counter", [(None, None, None), (7, 7, 7), (9, 8, 10)], ids=["none", "still", "reset"]
)
def test_without_a_counter_that_counts_power_is_integrated_and_says_so(
    counter: tuple[float | None, ...],
) -> None:
    readings = [reading(t, w, j) for t, w, j in zip((0, 1, 3), (100, 200, 200), counter)]  # noqa: B905

    assert energy(Readings.of(readings), 3) == Energy(550, Source.INTEGRATED, 3, 1)


def test_a_sensor_that_is_missing_at_times_leaves_the_rest() -> None:
    readings = [reading(0, 100, None), reading(1, None, None), reading(2, 100, None)]

    assert energy(Readings.of(readings), 4) == Energy(200, Source.INTEGRATED, 2, 0.5)


@pytest.mark.parametrize("readings", [[], [reading(0, 100, 5)], [reading(1, 1, 1)] * 2])
def test_less_than_two_moments_tell_nothing(readings: list[Reading]) -> None:
    assert energy(Readings.of(readings), 1) is None


def test_a_cpu_reading_without_power_tells_nothing() -> None:
    assert energy(Readings.of((Reading(0), Reading(1))), 1) is None
