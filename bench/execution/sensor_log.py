"""Sensor readings of one measurement: between samples, or beside the load in a thread.

On a CPU a thread would disturb what is measured, so sensors are read between samples. On an
accelerator the host only waits, and between samples the device idles: there a thread reads them.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bench.evidence.outcome import Reading

READ_EVERY_S = 0.1
"""Sensors are read this often: most of them do not change faster."""

Read = Callable[[float], Reading]


class SensorLog(Protocol):
    """Collects readings from when it is made until it is stopped."""

    def sampled(self, until_s: float) -> None:
        """A sample has ended; both times count from the begin of the measurement."""
        ...

    def stop(self, until_s: float) -> tuple[Reading, ...]:
        """All readings inside the measurement, which ended then."""
        ...


class InlineSensorLog:
    """The first reading at the begin, the others after samples, as often as it makes sense."""

    def __init__(self, read: Read, now_s: Callable[[], float]) -> None:
        self._read = read
        self._now_s = now_s
        self._readings = [read(0.0)]

    def sampled(self, until_s: float) -> None:
        if until_s - self._readings[-1].at_s >= READ_EVERY_S:
            self._readings.append(self._read(self._now_s()))

    def stop(self, until_s: float) -> tuple[Reading, ...]:
        return tuple(self._readings)


class ThreadedSensorLog:
    """A thread that reads at a fixed pace while the main one waits for the device."""

    def __init__(self, read: Read, now_s: Callable[[], float]) -> None:
        self._read = read
        self._now_s = now_s
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._readings = self._pool.submit(self._record)

    def sampled(self, until_s: float) -> None:
        """The thread keeps its own time."""

    def stop(self, until_s: float) -> tuple[Reading, ...]:
        """Raises what the thread raised. A reading after the last launch is of an idle device."""
        self._stop.set()
        self._pool.shutdown()
        return tuple(reading for reading in self._readings.result() if reading.at_s <= until_s)

    def _record(self) -> list[Reading]:
        readings: list[Reading] = []
        due_s = self._now_s()
        while not self._stop.is_set():
            readings.append(self._read(self._now_s()))
            due_s += READ_EVERY_S
            # A driver that answers slowly is asked again at once, and not for what was missed.
            due_s = max(due_s, self._now_s())
            self._stop.wait(due_s - self._now_s())
        return readings
