"""Whether chunks ran at one speed or at several."""

import random

import pytest

from bench.analysis.speed_modes import dominant_fast_mode, modes, thinned
from bench.analysis.tick_histogram import fold, median
from bench.evidence.outcome import TickHistogram


def chunks(generator: random.Random, ticks: float, count: int) -> list[int]:
    return [round(generator.gauss(ticks, ticks / 100)) for _ in range(count)]


def test_a_quiet_core_has_one_mode() -> None:
    found = modes(fold(chunks(random.Random(1), 500_000, 5000)))

    assert [round(mode.share, 2) for mode in found] == [1.0]
    assert found[0].ticks == pytest.approx(500_000, rel=0.005)


def test_a_sibling_that_is_busy_half_of_the_time_makes_two() -> None:
    generator = random.Random(2)
    found = modes(fold(chunks(generator, 500_000, 3000) + chunks(generator, 750_000, 2000)))

    assert [mode.share for mode in found] == [pytest.approx(0.6, abs=0.01),
                                              pytest.approx(0.4, abs=0.01)]  # fmt: skip
    assert found[1].ticks / found[0].ticks == pytest.approx(1.5, rel=0.01)


def test_rare_interruptions_are_no_mode() -> None:
    generator = random.Random(3)
    found = modes(fold(chunks(generator, 500_000, 3000) + chunks(generator, 9_000_000, 100)))

    assert len(found) == 1


def test_a_clock_that_wanders_by_three_per_cent_is_one_mode() -> None:
    generator = random.Random(4)
    wandering = [round(500_000 * generator.uniform(0.985, 1.015)) for _ in range(5000)]

    assert len(modes(fold(wandering))) == 1


def test_nothing_has_no_mode() -> None:
    assert modes(fold([])) == ()
    assert dominant_fast_mode(fold([])) is None


def test_a_counter_that_was_set_back_is_not_looked_at() -> None:
    assert modes(fold([-9, 0, 500, 500])) == modes(fold([500, 500]))
    assert dominant_fast_mode(fold([-9, 0, 0, 500])) == 500
    assert dominant_fast_mode(fold([-9, 0])) is None


@pytest.mark.parametrize("slowed", [1000, 2500, 3900])
def test_the_fastest_mode_stays_where_it_is_whoever_has_the_majority(slowed: int) -> None:
    generator = random.Random(5)
    both = chunks(generator, 500_000, 5000 - slowed) + chunks(generator, 750_000, slowed)

    assert dominant_fast_mode(fold(both)) == pytest.approx(500_000, rel=0.005)


def test_a_fastest_mode_of_less_than_a_fifth_is_a_stroke_of_luck() -> None:
    generator = random.Random(6)
    lucky = chunks(generator, 500_000, 900) + chunks(generator, 750_000, 4100)

    assert dominant_fast_mode(fold(lucky)) == pytest.approx(750_000, rel=0.005)


def test_chunks_without_any_common_speed_are_stood_for_by_their_median() -> None:
    scattered = [round(100_000 * 1.2**i) for i in range(21)]

    assert dominant_fast_mode(fold(scattered)) == pytest.approx(100_000 * 1.2**10, rel=0.001)


def noisy(seed: int) -> TickHistogram:
    """Two modes, each a few per cent wide, and interruptions up to a hundred times as long."""
    generator = random.Random(seed)
    chunks = [300_000 * generator.gauss(1, 0.01) for _ in range(2000)]
    chunks += [390_000 * generator.gauss(1, 0.01) for _ in range(1000)]
    chunks += [300_000 * generator.uniform(1, 100) for _ in range(500)]
    return fold(int(chunk) for chunk in chunks)


@pytest.mark.parametrize("seed", range(5))
def test_a_thinned_histogram_has_the_same_figures_and_fewer_bins(seed: int) -> None:
    whole = noisy(seed)
    found = thinned(whole)

    assert len(found.ticks) < 0.7 * len(whole.ticks)
    assert sum(found.counts) == sum(whole.counts)
    assert (found.ticks[0], found.ticks[-1]) == (whole.ticks[0], whole.ticks[-1])
    assert list(found.ticks) == sorted(set(found.ticks))
    assert dominant_fast_mode(found) == dominant_fast_mode(whole)
    assert median(found) == median(whole)
    assert [mode.share for mode in modes(found)] == [mode.share for mode in modes(whole)]
    assert thinned(found) == found


def test_a_small_histogram_is_left_as_it_is() -> None:
    small = fold([5000, 5001, 90_000, 91_000])

    assert thinned(small) is small
