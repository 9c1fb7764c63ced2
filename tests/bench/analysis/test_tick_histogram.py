"""Raw ticks folded into a histogram."""

import random

from bench.analysis.tick_histogram import fold, median
from bench.evidence.outcome import TickHistogram


def test_small_counts_are_kept_exactly() -> None:
    assert fold([3, 1, 3]) == TickHistogram((1, 3), (1, 2))


def test_no_value_moves_by_more_than_a_thousandth() -> None:
    generator = random.Random(1)
    values = [generator.randrange(1, 1 << 40) for _ in range(2000)]

    moved = [(value - fold([value]).ticks[0]) / value for value in values]

    assert min(moved) >= 0
    assert max(moved) < 1 / 1024


def test_every_value_is_counted_once() -> None:
    assert sum(fold(range(1, 5000)).counts) == 4999


def test_the_median_lies_in_the_middle_of_its_bin() -> None:
    assert median(fold([10, 20, 30])) == 20
    assert median(fold([5000])) == 5001.5


def test_nothing_has_no_median() -> None:
    assert median(fold([])) is None
