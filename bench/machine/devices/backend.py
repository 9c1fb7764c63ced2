"""What the harness asks of a kind of device: find it, time it, read its sensors."""

from collections.abc import Callable, Mapping
from typing import Protocol

from bench.evidence.inventory import Absent, Device
from bench.evidence.outcome import Disturbance, Reading


class Watch(Protocol):
    """Everything that a measurement may see of the world: a clock, sensors, counters.

    It is made once a case, for one device and the CPUs in use.
    """

    def now_s(self) -> float:
        """Monotonic time in seconds; only differences mean anything."""
        ...

    def time_s(self, run: Callable[[], None], launches: int) -> float:
        """How long `launches` launches took, by the device's own clock where it has one."""
        ...

    def objection(self) -> str | None:
        """Why what was timed since this was last called is not to be counted; None as a rule."""
        ...

    def counter(self) -> int | None:
        """The cycle counter that `Launch.ticks` counts in; None where there is none."""
        ...

    def distances(self) -> tuple[int | None, ...]:
        """Counter ticks between neighbouring workers, where they may be moved; else empty."""
        ...

    def read(self, at_s: float) -> Reading:
        """What the sensors say now; `at_s` is stored with it."""
        ...

    @property
    def reads_beside_load(self) -> bool:
        """Whether a thread may read the sensors during launches: where the host only waits."""
        ...

    def missing_sensors(self) -> tuple[str, ...]:
        """Sensors that gave nothing so far, each once, with what was answered."""
        ...

    def disturbance(self) -> Disturbance:
        """What was taken away from us since this was last called."""
        ...


class Backend(Protocol):
    """One kind of device."""

    @property
    def name(self) -> str: ...

    def discover(self) -> tuple[Device, ...] | Absent:
        """The devices of this kind, or why there are none. Never raises."""
        ...

    def environment(self, device: Device, peers: tuple[Device, ...]) -> Mapping[str, str]:
        """Variables that let a worker see this device first, and after it only these peers."""
        ...

    def watch(self, device: Device, cpus: tuple[int, ...]) -> Watch:
        """The world of one measurement on this device, by workers on these CPUs."""
        ...
