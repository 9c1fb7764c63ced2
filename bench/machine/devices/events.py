"""Time on an accelerator by its own events, held against the host's clock."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from bench.evidence.outcome import Disturbance, Reading
from bench.machine.cpu.counters import CpuCounters

CLOCKS_AGREE_WITHIN = 0.01
"""Two clocks that differ by more leave open which of them is wrong: the sample does not count."""


class Sensors(Protocol):
    """What an accelerator's driver tells."""

    def read(self, at_s: float) -> Reading: ...

    def missing(self) -> tuple[str, ...]:
        """Sensors that gave nothing, each once."""
        ...


class NoSensors:
    """A device whose driver tells nothing, and why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def read(self, at_s: float) -> Reading:
        return Reading(at_s)

    def missing(self) -> tuple[str, ...]:
        return (self._reason,)


class EventWatch:
    """The world of a measurement on an accelerator."""

    def __init__(
        self,
        device: Any,
        sensors: Sensors,
        counters: CpuCounters,
        host_clock_s: Callable[[], float] = time.perf_counter,
        reads_beside_load: bool = True,
    ) -> None:
        """`device` is torch's module of the kind of device: `torch.cuda`, `torch.npu`.

        `counters` are of the CPUs that feed it.
        """
        self._device = device
        self._sensors = sensors
        self._counters = counters
        self._host_clock_s = host_clock_s
        self._reads_beside_load = reads_beside_load
        self._objection: str | None = None

    def now_s(self) -> float:
        return self._host_clock_s()

    def time_s(self, run: Callable[[], None], launches: int) -> float:
        begin = self._device.Event(enable_timing=True)
        end = self._device.Event(enable_timing=True)
        self._device.synchronize()
        host_began_s = self._host_clock_s()
        begin.record()
        for _ in range(launches):
            run()
        end.record()
        end.synchronize()
        host_s = self._host_clock_s() - host_began_s
        device_s = float(begin.elapsed_time(end)) / 1e3
        if not abs(device_s - host_s) <= CLOCKS_AGREE_WITHIN * host_s:
            self._objection = (
                f"the device's events say {device_s:.6f} s, the host's clock {host_s:.6f} s"
            )
        return device_s

    def objection(self) -> str | None:
        objection, self._objection = self._objection, None
        return objection

    def counter(self) -> int | None:
        return None  # each multiprocessor has its own, and no host can read them

    def distances(self) -> tuple[int | None, ...]:
        return ()

    def read(self, at_s: float) -> Reading:
        return self._sensors.read(at_s)

    @property
    def reads_beside_load(self) -> bool:
        return self._reads_beside_load

    def missing_sensors(self) -> tuple[str, ...]:
        return self._sensors.missing()

    def disturbance(self) -> Disturbance:
        return self._counters.since_last()
