"""Whether chunks ran at one speed or at several."""

import random

import pytest

from bench.analysis.speed_modes import dominant_fast_mode, modes
from bench.analysis.tick_histogram import tally


def chunks(generator: random.Random, ticks: float, count: int) -> list[int]:
    return [round(generator.gauss(ticks, ticks / 100)) for _ in range(count)]


def test_a_quiet_core_has_one_mode() -> None:
    found = modes(tally(chunks(random.Random(1), 500_000, 5000)))

    assert [round(mode.share, 2) for mode in found] == [1.0]
    assert found[0].ticks == pytest.approx(500_000, rel=0.005)


def test_a_sibling_that_is_busy_half_of_the_time_makes_two() -> None:
    generator = random.Random(2)
    found = modes(tally(chunks(generator, 500_000, 3000) + chunks(generator, 750_000, 2000)))

    assert [mode.share for mode in found] == [pytest.approx(0.6, abs=0.01),
                                              pytest.approx(0.4, abs=0.01)]  # fmt: skip
    assert found[1].ticks / found[0].ticks == pytest.approx(1.5, rel=0.01)


def test_rare_interruptions_are_no_mode() -> None:
    generator = random.Random(3)
    found = modes(tally(chunks(generator, 500_000, 3000) + chunks(generator, 9_000_000, 100)))

    assert len(found) == 1


def test_a_clock_that_wanders_by_three_per_cent_is_one_mode() -> None:
    generator = random.Random(4)
    wandering = [round(500_000 * generator.uniform(0.985, 1.015)) for _ in range(5000)]

    assert len(modes(tally(wandering))) == 1


def test_nothing_has_no_mode() -> None:
    assert modes(tally([])) == ()
    assert dominant_fast_mode(tally([])) is None


def test_a_counter_that_was_set_back_is_not_looked_at() -> None:
    assert modes(tally([-9, 0, 500, 500])) == modes(tally([500, 500]))
    assert dominant_fast_mode(tally([-9, 0, 0, 500])) == 500
    assert dominant_fast_mode(tally([-9, 0])) is None


@pytest.mark.parametrize("slowed", [1000, 2500, 3900])
def test_the_fastest_mode_stays_where_it_is_whoever_has_the_majority(slowed: int) -> None:
    generator = random.Random(5)
    both = chunks(generator, 500_000, 5000 - slowed) + chunks(generator, 750_000, slowed)

    assert dominant_fast_mode(tally(both)) == pytest.approx(500_000, rel=0.005)


def test_a_fastest_mode_of_less_than_a_fifth_is_a_stroke_of_luck() -> None:
    generator = random.Random(6)
    lucky = chunks(generator, 500_000, 900) + chunks(generator, 750_000, 4100)

    assert dominant_fast_mode(tally(lucky)) == pytest.approx(750_000, rel=0.005)


def test_chunks_without_any_common_speed_are_stood_for_by_their_median() -> None:
    scattered = [round(100_000 * 1.2**i) for i in range(21)]

    assert dominant_fast_mode(tally(scattered)) == pytest.approx(100_000 * 1.2**10, rel=0.001)
