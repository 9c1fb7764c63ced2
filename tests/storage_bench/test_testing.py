from dataclasses import replace

import pytest

from storage_bench.job import Job
from storage_bench.testing import SimulatedDevice, SimulatedDisk, SimulatedFlash

JOB = Job("8k", "randrw", 8192, 0.7, 8, 1, 2**20, 0.0, 3.0, 1)


def test_a_closed_loop_runs_at_the_devices_rate_with_littles_latency():
    result = SimulatedDevice(1000).run(JOB)
    assert [window.ios for window in result.windows] == [1000, 1000, 1000]
    assert result.read.ios / result.ios == pytest.approx(0.7, abs=0.001)
    assert result.read.latency.percentile_ns(0.5) == pytest.approx(8e6, rel=0.02)


def test_an_open_loop_below_the_devices_rate_meets_no_queue():
    result = SimulatedDevice(1000).run(replace(JOB, rate_iops=100.0))
    assert result.ios == 300
    assert result.write.latency.max_ns == pytest.approx(200_000, rel=0.01)


def test_nothing_ends_in_a_stall_and_the_open_loop_makes_up_for_it():
    result = SimulatedDevice(1000, stalls=((1.0, 1.0),)).run(replace(JOB, rate_iops=500.0))
    assert [window.ios for window in result.windows] == [500, 0, 1000]


def test_a_disk_is_slow_over_long_seeks_and_fast_in_order():
    disk = SimulatedDisk(10**12)
    far = [disk.read((i * 7919 % 100) * 10**10, 4096) for i in range(100)]
    disk.read(0, 4096)
    assert sum(far) / len(far) > 0.008
    assert disk.read(4096, 4096) < 0.001


def test_flash_is_equally_fast_everywhere_but_for_its_own_work():
    flash = SimulatedFlash()
    assert {flash.read(i * 10**9, 4096) for i in range(80)} == {80e-6, 800e-6}
