"""Discovery, sensors and clocks on a real CUDA GPU; skipped with the reason where there is none."""

import time
from typing import Any

import pytest

from bench.evidence.inventory import Absent, Device
from bench.machine.devices.cuda import CudaBackend
from kernels import KERNELS
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

pytestmark = [pytest.mark.cuda, pytest.mark.filterwarnings("default")]
TIMED = (
    ("fma", "numba-cuda", "fp32", (64, 500_000)),
    ("gemm", "torch", "bf16", (4096, 4096, 4096)),
    ("stream.copy", "torch", "fp64", (128 << 20,)),
    ("transfer.h2d", "torch", "int8", (256 << 20,)),
)


@pytest.fixture(scope="module")
def device() -> Device:
    found = CudaBackend().discover()
    if isinstance(found, Absent):
        pytest.skip(found.reason)
    return found[0]


def test_driver_nvml_and_torch_mean_the_same_card(device: Device) -> None:
    torch = pytest.importorskip("torch")
    seen = torch.cuda.get_device_properties(0)
    facts = device.accelerator

    assert facts is not None
    assert device.uuid.partition("-")[2] == str(seen.uuid)
    assert device.name == seen.name
    assert facts.multiprocessors == seen.multi_processor_count
    assert facts.architecture == f"{seen.major}.{seen.minor}"
    # torch counts without what the driver keeps for itself, at most a few per cent.
    assert device.memory_bytes == pytest.approx(seen.total_memory, rel=0.05)


def test_every_sensor_gives_a_possible_value_or_is_named_as_missing(device: Device) -> None:
    """Wrong units show as values that no card has: mW for W, MHz for Hz, mJ for J."""
    sensors = CudaBackend().sensors(device)
    first = sensors.read(0.0)
    time.sleep(1.5)
    second = sensors.read(1.5)
    assert first.accelerator is not None
    assert second.accelerator is not None
    missing = {line.partition(":")[0] for line in sensors.missing()}
    more, later = first.accelerator, second.accelerator
    possible: dict[str, tuple[Any, float, float]] = {
        "SM clock": (first.clock_hz, 1e8, 4e9),
        "memory clock": (more.memory_clock_hz, 1e8, 2e10),
        "temperature": (first.temperature_c, 5, 110),
        "power": (first.power_w, 5, 2000),
        "power limit": (more.power_limit_w, 20, 2000),
        "default power limit": (more.default_power_limit_w, 20, 2000),
        "utilisation": (more.utilisation, 0, 1),
    }
    if more.energy_j is not None and later.energy_j is not None and second.power_w is not None:
        mean_w = (later.energy_j - more.energy_j) / 1.5
        possible["energy counter"] = (mean_w, 0.3 * second.power_w, 3 * second.power_w)

    wrong = {
        name: value
        for name, (value, low, high) in possible.items()
        if name not in missing and not (value is not None and low <= value <= high)
    }
    assert wrong == {}
    assert "throttle reasons" in missing or more.throttle is not None
    assert not {reason for reason in more.throttle or () if reason.startswith("bit ")}


@pytest.mark.parametrize(("kernel", "way", "precision", "shape"), TIMED)
def test_the_events_of_every_kind_of_launch_agree_with_the_host(
    device: Device, kernel: str, way: str, precision: str, shape: tuple[int, ...]
) -> None:
    request = Request(way, PRECISIONS[precision], shape, 7, Place("cuda:0", (0,)))
    if (reason := KERNELS[kernel].refuses(request)) is not None:
        pytest.skip(reason)
    launch = KERNELS[kernel].prepare(request)
    watch = CudaBackend().watch(device, (0,))
    try:
        once_s = watch.time_s(launch.run, 1)
        watch.objection()
        launches = max(1, round(0.5 / once_s))
        several_s = watch.time_s(launch.run, launches)

        assert watch.objection() is None
        assert several_s > 0
        assert launch.error() <= launch.tolerance
    finally:
        launch.close()
