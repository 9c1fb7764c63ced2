import itertools

import pytest

from storage_bench.histogram import (
    BINS,
    COARSE_BINS,
    coarse_latency,
    coarse_middle_ns,
    latency,
    merged,
    middle_ns,
)
from storage_bench.job import Latency


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


def test_four_bins_make_one_of_a_window():
    counts = [0] * COARSE_BINS
    counts[10], counts[40] = 1, 2
    found = coarse_latency(counts)
    assert (found.bins_ns, found.counts) == ((42, 196), (1, 2))
    assert (found.min_ns, found.max_ns) == (40, 199)
    assert coarse_latency(counts, max_ns=198).max_ns == 198
    assert coarse_latency([0] * COARSE_BINS) is None


def test_the_joined_bins_rise_to_the_last():
    middles = [coarse_middle_ns(index) for index in range(COARSE_BINS)]
    assert middles == sorted(set(middles))


def test_histograms_are_merged_by_their_bins():
    parts = [Latency((10, 20), (1, 2), 9, 21), None, Latency((20, 30), (3, 4), 18, 33)]
    assert merged(parts) == Latency((10, 20, 30), (1, 5, 4), 9, 33)
    assert merged([None]) is None
