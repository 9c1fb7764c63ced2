"""Time by a device's events, held against the host's clock."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.evidence.stopping import StoppingRule
from bench.execution.measure import measure
from bench.machine.cpu.counters import CpuCounters
from bench.machine.devices.events import EventWatch, NoSensors
from bench.testing.scripted import SimulatedLaunch
from kernels.kernel import Work

STOPPING = StoppingRule(3, 0.3, 0.3, 0.5, sample_time_s=0.1)


@dataclass
class Device:
    """torch's module of a device: its clock runs `drift` times as fast as the host's."""

    drift: float = 1.0
    now_s: float = 0.0
    calls: list[str] = field(default_factory=list)

    def Event(self, enable_timing: bool) -> "Event":
        assert enable_timing
        return Event(self)

    def synchronize(self) -> None:
        self.calls.append("synchronize")

    def launch(self) -> None:
        self.now_s += 0.01
        self.calls.append("launch")


@dataclass
class Event:
    device: Device
    at_s: float = 0.0

    def record(self) -> None:
        self.at_s = self.device.now_s
        self.device.calls.append("record")

    def synchronize(self) -> None:
        self.device.calls.append("wait")

    def elapsed_time(self, end: "Event") -> float:
        return (end.at_s - self.at_s) * self.device.drift * 1e3


def watch(device: Device) -> EventWatch:
    counters = CpuCounters((), Path("/nowhere"))
    sensors = NoSensors("no sensors here")
    return EventWatch(device, sensors, counters, lambda: device.now_s, reads_beside_load=False)


def test_events_lie_around_the_launches_and_the_device_was_idle_before() -> None:
    device = Device()

    assert watch(device).time_s(device.launch, 2) == pytest.approx(0.02)
    assert device.calls == ["synchronize", "record", "launch", "launch", "record", "wait"]


@pytest.mark.parametrize("drift", [0.995, 1.0, 1.005])
def test_clocks_that_agree_to_one_per_cent_are_believed(drift: float) -> None:
    device = Device(drift)
    tested = watch(device)
    tested.time_s(device.launch, 10)

    assert tested.objection() is None


@pytest.mark.parametrize("drift", [0.98, 1.02, float("nan")])
def test_clocks_that_disagree_reject_the_sample_and_say_by_how_much(drift: float) -> None:
    device = Device(drift)
    tested = watch(device)
    tested.time_s(device.launch, 10)

    assert tested.objection() == (
        f"the device's events say {0.1 * drift:.6f} s, the host's clock 0.100000 s"
    )
    assert tested.objection() is None


def test_a_rejected_sample_is_kept_with_its_reason() -> None:
    device = Device(drift=2.0)

    class Launch(SimulatedLaunch):
        def run(self) -> None:
            device.launch()

    observed = measure(Launch(Work(1, 1)), STOPPING, watch(device))

    assert len(observed.samples) >= 2
    assert all("the host's clock" in (sample.rejected or "") for sample in observed.samples)
