"""NVIDIA's GPUs: which card is which, what is known of it, and what its sensors say."""

import os
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evidence.inventory import Absent, Health
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine.devices.cuda import CudaBackend
from bench.machine.devices.cuda_driver import VisibleGpu
from bench.machine.devices.nvml import Nvml, NvmlSensors, start
from bench.testing.simulated_nvml import NVMLError, Running, SimulatedGpu, SimulatedNvml

CARDS = tuple(Running(SimulatedGpu(index)) for index in range(3))


def visible(*cards: Running) -> tuple[VisibleGpu, ...]:
    """These cards in CUDA's order, which need not be NVML's."""
    return tuple(
        VisibleGpu(ordinal, card.gpu.uuid, card.gpu.pci_bus_id, "NVIDIA Example", 80 << 30,
                   132, "9.0")
        for ordinal, card in enumerate(cards)
    )  # fmt: skip


def backend(found: tuple[VisibleGpu, ...] | str, nvml: Any) -> CudaBackend:
    return CudaBackend(lambda: found, lambda: nvml, lambda: SimpleNamespace())


def test_cards_are_matched_by_uuid_and_never_by_their_place() -> None:
    devices = backend(visible(CARDS[2], CARDS[0]), Nvml(SimulatedNvml(CARDS))).discover()

    assert not isinstance(devices, Absent)
    assert [d.index for d in devices] == [0, 1]
    assert [d.accelerator.serial for d in devices if d.accelerator] == ["1002", "1000"]


def test_a_serial_number_that_is_no_text_costs_the_serial_number_alone() -> None:
    class Garbled(SimulatedNvml):
        def nvmlDeviceGetSerial(self, handle: Any) -> str:
            return b"\xf8\x95\xa0\x81".decode()

    (device,) = backend(visible(CARDS[0]), Nvml(Garbled(CARDS))).discover()  # type: ignore[misc]

    assert device.accelerator is not None
    assert device.accelerator.serial is None
    assert device.accelerator.power_limit_w is not None


def test_an_older_library_that_answers_in_bytes_is_read() -> None:
    class Bytes(SimulatedNvml):
        def nvmlSystemGetDriverVersion(self) -> Any:
            return b"470.57.02"

        def nvmlDeviceGetSerial(self, handle: Any) -> Any:
            return b"1562420"

        def nvmlDeviceGetPciInfo(self, handle: Any) -> Any:
            return SimpleNamespace(busId=b"00000000:3B:00.0")

    (device,) = backend(visible(CARDS[0]), Nvml(Bytes(CARDS))).discover()  # type: ignore[misc]

    assert device.accelerator is not None
    assert (device.driver, device.accelerator.serial, device.accelerator.pci_bus_id) == (
        "470.57.02", "1562420", "0000:3b:00.0",
    )  # fmt: skip


def test_a_worker_sees_its_own_card_alone_as_the_first() -> None:
    tested = backend(visible(CARDS[2], CARDS[0]), Nvml(SimulatedNvml(CARDS)))
    devices = tested.discover()

    assert not isinstance(devices, Absent)
    assert {d.torch_device for d in devices} == {"cuda:0"}
    alone, two = (tested.environment(devices[1], peers) for peers in ((), devices[:1]))
    assert alone["CUDA_VISIBLE_DEVICES"] == "GPU-00000000-0000-4000-8000-000000000000"
    assert two["CUDA_VISIBLE_DEVICES"] == (
        "GPU-00000000-0000-4000-8000-000000000000,GPU-00000002-0000-4000-8000-000000000000"
    )


def test_without_a_driver_the_backend_is_absent_in_one_line() -> None:
    assert backend("no NVIDIA driver here", "").discover() == Absent(
        "cuda", "no NVIDIA driver here"
    )


def test_without_nvml_cards_are_found_and_their_sensors_are_missing() -> None:
    tested = backend(visible(CARDS[0]), "NVML cannot be used: Driver Not Loaded")
    (device,) = tested.discover()  # type: ignore[misc]

    assert device.uuid == "GPU-00000000-0000-4000-8000-000000000000"
    assert device.accelerator.multiprocessors == 132
    assert device.accelerator.power_limit_w is None
    assert tested.sensors(device).missing() == ("NVML cannot be used: Driver Not Loaded",)


class MigNvml(SimulatedNvml):
    """Cards of which the first is cut into instances: CUDA shows an instance in its place."""

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Any:
        if uuid == "MIG-aaaaaaaa-0000-4000-8000-000000000000":
            return "instance"
        return super().nvmlDeviceGetHandleByUUID(uuid)

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, handle: str) -> Running:
        assert handle == "instance"
        return CARDS[0]

    def nvmlDeviceGetMigMode(self, card: Running) -> list[int]:
        return [1, 1]

    def nvmlDeviceGetUUID(self, card: Running) -> str:
        return f"GPU-{card.gpu.uuid}"

    def nvmlDeviceGetVirtualizationMode(self, card: Running) -> int:
        return 2


def test_mig_and_vgpu_are_named() -> None:
    uuid = "aaaaaaaa-0000-4000-8000-000000000000"
    instance = VisibleGpu(
        0, uuid, "0000:10:00.0", "NVIDIA Example MIG 1g.10gb", 10 << 30, 16, "9.0"
    )
    tested = backend((instance,), Nvml(MigNvml(CARDS)))
    (device,) = tested.discover()  # type: ignore[misc]

    assert device.uuid == f"MIG-{uuid}"
    assert device.accelerator.partition == (
        "MIG instance of GPU-00000000-0000-4000-8000-000000000000"
    )
    assert device.accelerator.virtualisation == "vGPU"
    assert tested.sensors(device).read(0.0).power_w == 700  # the whole card's


def test_a_whole_card_with_mig_on_says_so() -> None:
    facts = Nvml(MigNvml(CARDS)).facts(CARDS[1], "GPU")

    assert facts.partition == "whole, MIG is on"


def test_other_processes_on_a_card_are_counted_and_this_one_is_not() -> None:
    class Shared(SimulatedNvml):
        def nvmlDeviceGetComputeRunningProcesses(self, card: Running) -> list[Any]:
            return [SimpleNamespace(pid=pid) for pid in (os.getpid(), 1, 2)]

    assert Nvml(Shared(CARDS)).facts(CARDS[0], "GPU").other_processes == 2
    assert Nvml(SimulatedNvml(CARDS)).facts(CARDS[0], "GPU").other_processes == 0


def test_a_driver_that_calls_throttle_reasons_by_their_former_name_is_understood() -> None:
    class Former(SimulatedNvml):
        def nvmlDeviceGetCurrentClocksEventReasons(self, card: Running) -> int:
            raise NVMLError("Function Not Found")

        def nvmlDeviceGetCurrentClocksThrottleReasons(self, card: Running) -> int:
            return 0x44

    sensors = NvmlSensors(Nvml(Former(CARDS)), CARDS[0], "GPU")
    found = sensors.read(0.0).accelerator

    assert found is not None
    assert found.throttle == ("software power cap", "hardware thermal slowdown")
    assert sensors.missing() == ()


def test_a_library_older_than_a_sensor_costs_that_sensor_alone() -> None:
    class Old(SimulatedNvml):
        def __getattr__(self, name: str) -> Any:
            if name == "nvmlDeviceGetTotalEnergyConsumption":
                raise AttributeError(f"module 'pynvml' has no attribute {name!r}")
            return super().__getattr__(name)

    sensors = NvmlSensors(Nvml(Old(CARDS)), CARDS[0], "GPU")

    assert sensors.read(0.0).power_w == 700
    assert [line.partition(":")[0] for line in sensors.missing()] == ["energy counter"]


def test_a_card_that_nvml_finds_only_by_its_address_is_found() -> None:
    class Nameless(SimulatedNvml):
        def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Running:
            raise NVMLError("Not Found")

        def nvmlDeviceGetHandleByPciBusId(self, address: str) -> Running:
            return next(card for card in CARDS if card.gpu.pci_bus_id == address)

    assert Nvml(Nameless(CARDS)).find("any", "0000:12:00.0") == (CARDS[2], "GPU")


def test_a_reading_is_in_base_units_with_every_bit_named() -> None:
    hot = Running(SimulatedGpu(0, speed=0.5, reasons=0x64, temperature_c=88), now_s=5.0)
    hot.energy_j = 1234.5

    assert NvmlSensors(Nvml(SimulatedNvml((hot,))), hot, "GPU").read(0.25) == Reading(
        at_s=0.25,
        clock_hz=1e9,
        temperature_c=88,
        power_w=350,
        accelerator=AcceleratorReading(
            memory_clock_hz=2e9,
            power_limit_w=700,
            default_power_limit_w=700,
            utilisation=1.0,
            throttle=("software power cap", "software thermal slowdown",
                      "hardware thermal slowdown"),
            energy_j=1234.5,
            health=Health(0, 0, 0, False, False, 5, 16),
        ),
    )  # fmt: skip


def test_counters_of_damage_are_read_once_a_second() -> None:
    sensors = NvmlSensors(Nvml(SimulatedNvml(CARDS)), CARDS[0], "GPU")
    readings = [sensors.read(tenth / 10) for tenth in range(21)]
    with_health = [
        r.at_s for r in readings if r.accelerator is not None and r.accelerator.health is not None
    ]

    assert with_health == [0.0, 1.0, 2.0]


def test_a_lost_card_gives_nothing_and_every_sensor_is_named_once() -> None:
    class Lost(SimulatedNvml):
        def __getattr__(self, name: str) -> Any:
            def answer(*_: Any) -> None:
                raise NVMLError("GPU is lost")

            return answer

    sensors = NvmlSensors(Nvml(Lost(CARDS)), CARDS[0], "GPU")
    first, second = sensors.read(0.0), sensors.read(0.1)

    assert first == Reading(0.0, accelerator=AcceleratorReading(health=Health()))
    assert second == Reading(0.1, accelerator=AcceleratorReading())
    assert len(sensors.missing()) == len(set(sensors.missing())) == 12
    assert {line.partition(": ")[2] for line in sensors.missing()} == {"GPU is lost"}


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (ModuleNotFoundError("no"), "pynvml is not installed; pip install nvidia-ml-py"),
        (OSError("wrong ELF class"), "pynvml cannot be loaded: wrong ELF class"),
        (None, "NVML cannot be used: Driver Not Loaded"),
    ],
)
def test_nvml_that_does_not_start_is_one_line(fault: Exception | None, line: str) -> None:
    def load() -> Any:
        if fault is not None:
            raise fault
        return SimpleNamespace(NVMLError=NVMLError, nvmlInit=refuse)

    def refuse() -> None:
        raise NVMLError("Driver Not Loaded")

    assert start(load) == line


def test_every_function_that_is_asked_exists_in_the_real_library() -> None:
    pynvml = pytest.importorskip("pynvml")
    used = {
        *SimulatedNvml(())._answers, "nvmlInit", "nvmlSystemGetDriverVersion",
        "nvmlDeviceGetHandleByUUID", "nvmlDeviceGetHandleByPciBusId", "nvmlDeviceGetUUID",
        "nvmlDeviceGetDeviceHandleFromMigDeviceHandle",
        "nvmlDeviceGetCurrentClocksThrottleReasons", "NVML_CLOCK_SM", "NVML_CLOCK_MEM",
        "NVML_TEMPERATURE_GPU", "NVML_VOLATILE_ECC", "NVML_MEMORY_ERROR_TYPE_CORRECTED",
        "NVML_MEMORY_ERROR_TYPE_UNCORRECTED", "NVMLError",
    }  # fmt: skip

    assert used - set(dir(pynvml)) == set()
