"""The host's processor as a device."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.evidence.inventory import Absent, Device
from bench.evidence.outcome import Disturbance, Reading
from bench.machine.cpu.counters import CpuCounters, clock_hz, load_1m
from bench.machine.cpu.processor import model_name
from kernels.placement import Distances, distances


def installed_memory_bytes() -> int:
    """What the system manages, whatever a cgroup leaves us of it."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class CpuWatch:
    """Wall clock, load and clock, and what the kernel says was taken away."""

    def __init__(self, cpus: tuple[int, ...], root: Path = Path("/")) -> None:
        self._cpus = cpus
        self._root = root
        self._counters = CpuCounters(cpus, root)
        self._distances: Distances | None = None

    def now_s(self) -> float:
        return time.perf_counter()

    def time_s(self, run: Callable[[], None], launches: int) -> float:
        start_s = time.perf_counter()
        for _ in range(launches):
            run()
        return time.perf_counter() - start_s

    def objection(self) -> str | None:
        return None

    def counter(self) -> int | None:
        from kernels.runtime.counter import read_counter

        return int(read_counter())

    def distances(self) -> tuple[int | None, ...]:
        if len(self._cpus) < 2:
            return ()
        if self._distances is None:
            self._distances = distances(self._cpus)
        return self._distances.ticks()

    def read(self, at_s: float) -> Reading:
        return Reading(at_s, load_1m(self._root), clock_hz(self._cpus, self._root))

    @property
    def reads_beside_load(self) -> bool:
        return False  # the workers need every CPU

    def missing_sensors(self) -> tuple[str, ...]:
        return ()

    def disturbance(self) -> Disturbance:
        return self._counters.since_last()


class CpuBackend:
    """Always exactly one device."""

    name = "cpu"

    def discover(self) -> tuple[Device, ...] | Absent:
        memory_bytes = installed_memory_bytes()
        return (Device("cpu", 0, "cpu", model_name(), "cpu", memory_bytes, None),)

    def environment(self, device: Device, peers: tuple[Device, ...]) -> Mapping[str, str]:
        return {}

    def watch(self, device: Device, cpus: tuple[int, ...]) -> CpuWatch:
        return CpuWatch(cpus)
