from dataclasses import replace

from storage_bench import sweep
from storage_bench.job import Job
from storage_bench.testing import SimulatedDevice

JOB = Job("8k", "randread", 8192, 1.0, 1, 1, 2**20, 0.0, 1.0, 1, rate_iops=5.0)
DEVICE = SimulatedDevice(10_000, latency_s=0.001)


def test_the_rate_rises_with_depth_to_the_devices_own_and_the_latency_from_there_on():
    points = sweep.depths(DEVICE.run, JOB, (1, 2, 8, 16, 32, 64))
    assert [point.depth for point in points] == [1, 2, 8, 16, 32, 64]
    assert [round(point.iops, -3) for point in points] == [1000, 2000, 8000, 10000, 10000, 10000]
    knee = sweep.knee(points, p99_bound_s=0.002)
    assert (knee.usable.depth, knee.saturated.depth) == (16, 16)


def test_a_bound_that_no_point_keeps_has_no_usable_point():
    points = sweep.depths(DEVICE.run, JOB, (1, 2))
    assert sweep.knee(points, p99_bound_s=0.0001).usable is None
    assert sweep.knee(points, p99_bound_s=0.1).saturated is None


def test_a_point_behind_a_bad_one_is_not_usable():
    good, bad = sweep.depths(DEVICE.run, JOB, (1, 64))
    assert sweep.knee((good, bad, good), p99_bound_s=0.002).usable == good
    assert sweep.knee((replace(good, p99_s=None), good), p99_bound_s=0.002).usable is None


def test_blocks_and_mixes_are_swept_over_the_same_file():
    job = replace(JOB, size_bytes=100 * 8192)
    blocks = sweep.block_sizes(DEVICE.run, job, (4096, 65536))
    assert [(p.block_bytes, round(p.bytes_per_s / p.iops)) for p in blocks] == [
        (4096, 4096), (65536, 65536),
    ]  # fmt: skip
    mixes = sweep.mixes(DEVICE.run, job, (1.0, 0.7, 0.0))
    assert [point.read_share for point in mixes] == [1.0, 0.7, 0.0]
