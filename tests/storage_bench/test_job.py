from dataclasses import replace

import pytest

from storage_bench.errors import StorageError
from storage_bench.job import Job, Latency

JOB = Job("4k", "randread", 4096, 1.0, 1, 1, 2**20, 0.0, 0.1, 7)


@pytest.mark.parametrize(
    "change",
    [
        {"block_bytes": 1000},
        {"size_bytes": 4095},
        {"depth": 0},
        {"duration_s": 0.0},
        {"ramp_s": -0.1},
        {"read_share": 0.5},
        {"pattern": "randrw", "read_share": 1.5},
        {"pattern": "randrw", "read_share": 0.705},
        {"seed": -1},
    ],
)
def test_a_job_that_makes_no_sense_cannot_be_built(change):
    with pytest.raises(ValueError, match=r"wanted|must|does not fit"):
        replace(JOB, **change)


def test_a_region_is_a_whole_number_of_blocks():
    assert JOB.region_bytes(3) == 85 * 4096


def test_more_threads_than_blocks_are_an_error():
    with pytest.raises(StorageError, match="less than one block"):
        JOB.region_bytes(257)


def test_a_percentile_is_the_first_bin_that_reaches_its_share():
    latency = Latency((10, 20, 30), (50, 49, 1), 9, 31)
    shares = (0.0, 0.5, 0.51, 0.99, 1.0)
    assert [latency.percentile_ns(share) for share in shares] == [10, 10, 20, 20, 30]


def test_a_percentile_stays_within_the_exact_extremes():
    assert Latency((10,), (1,), 11, 11).percentile_ns(0.5) == 11
    assert Latency((10,), (1,), 9, 9).percentile_ns(0.5) == 9


def test_an_empty_histogram_has_no_percentile():
    with pytest.raises(ValueError, match="empty"):
        Latency((), (), 0, 0).percentile_ns(0.5)
