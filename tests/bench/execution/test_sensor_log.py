"""Readings between samples, and beside the load."""

import itertools
import threading

import pytest

from bench.evidence.outcome import Reading
from bench.execution.sensor_log import InlineSensorLog, ThreadedSensorLog


def test_between_samples_it_reads_at_the_begin_and_then_ten_times_a_second() -> None:
    now_s = itertools.count(1)
    recorder = InlineSensorLog(Reading, lambda: next(now_s) / 8)
    for eighth in range(1, 5):
        recorder.sampled(eighth / 8)

    assert [r.at_s for r in recorder.stop(0.5)] == [0.0, 0.125, 0.25, 0.375, 0.5]


def test_beside_the_load_a_thread_reads_until_it_is_stopped() -> None:
    three = threading.Event()
    seen: list[float] = []

    def read(at_s: float) -> Reading:
        seen.append(at_s)
        if len(seen) == 3:
            three.set()
        return Reading(at_s)

    now_s = itertools.count()
    recorder = ThreadedSensorLog(read, lambda: float(next(now_s)))
    assert three.wait(10)
    readings = recorder.stop(1e9)

    assert [r.at_s for r in readings] == seen
    assert len(readings) >= 3
    assert threading.active_count() == 1


def test_a_reading_after_the_last_launch_is_dropped() -> None:
    read_once = threading.Event()

    def read(at_s: float) -> Reading:
        read_once.set()
        return Reading(at_s)

    recorder = ThreadedSensorLog(read, lambda: 5.0)
    assert read_once.wait(10)

    assert recorder.stop(4.0) == ()


def test_what_the_thread_raises_is_raised_where_it_is_stopped() -> None:
    def read(at_s: float) -> Reading:
        raise RuntimeError("a fault of ours, not of the driver")

    recorder = ThreadedSensorLog(read, lambda: 0.0)

    with pytest.raises(RuntimeError, match="a fault of ours"):
        recorder.stop(1.0)
