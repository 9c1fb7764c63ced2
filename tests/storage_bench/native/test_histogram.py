import itertools

import pytest

from storage_bench.job import Latency
from storage_bench.native.histogram import BINS, latency, middle_ns


def test_the_middles_rise_and_no_bin_is_wider_than_a_64th():
    middles = [middle_ns(index) for index in range(BINS)]
    gaps = [(after - before) / after for before, after in itertools.pairwise(middles[64:])]
    assert middles == sorted(set(middles))
    assert max(gaps) <= 1 / 64


@pytest.mark.parametrize(
    ("index", "expected"), [(0, 0), (63, 63), (64, 64), (127, 127), (128, 129), (191, 255)]
)
def test_the_middle_of_a_bin(index, expected):
    assert middle_ns(index) == expected


def test_only_filled_bins_are_kept():
    counts = [0] * BINS
    counts[10], counts[128] = 3, 1
    assert latency(counts, 10, 128) == Latency((10, 129), (3, 1), 10, 128)
