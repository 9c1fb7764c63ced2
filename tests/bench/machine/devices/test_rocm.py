"""AMD's sensors, from amdsmi's tables."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Board, Device, Health
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine.devices.events import NoSensors
from bench.machine.devices.rocm import AmdSensors, described, reading, sensors

GOLDEN = Path(__file__).parents[3] / "golden/telemetry"
DEVICE = Device("rocm", 0, "rocm-1a2b-3c4d", "Example GPU", "cuda:0", 192 << 30, None)


def tables(name: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((GOLDEN / name).read_text())
    return found


def test_every_table_gives_its_fields_in_base_units() -> None:
    assert reading(0.5, **tables("amdsmi-mi300x.json")) == Reading(
        at_s=0.5,
        clock_hz=1.9e9,
        temperature_c=71,
        power_w=742,
        accelerator=AcceleratorReading(
            memory_clock_hz=1.3e9,
            power_limit_w=650,
            default_power_limit_w=750,
            memory_temperature_c=62,
            utilisation=0.98,
            throttle=("software power cap", "memory too hot"),
            energy_j=pytest.approx(30.6),
            health=Health(pcie_width=16),
        ),
    )


def test_what_a_card_lacks_is_none_and_never_65535() -> None:
    assert reading(0.0, **tables("amdsmi-sparse.json")) == Reading(
        at_s=0.0,
        clock_hz=1.5e9,
        power_w=215,
        accelerator=AcceleratorReading(
            utilisation=0.5, energy_j=pytest.approx(0.65535), health=Health()
        ),
    )


class AmdSmiException(Exception):
    pass


def library(**changes: Any) -> SimpleNamespace:
    """amdsmi as far as it is used."""
    found = tables("amdsmi-mi300x.json")
    return SimpleNamespace(
        **{
            "AmdSmiException": AmdSmiException,
            "amdsmi_init": lambda: None,
            "amdsmi_get_processor_handles": lambda: ["other", "ours"],
            "amdsmi_get_gpu_device_uuid": lambda handle: {"other": "ffff", "ours": "1A2B-3C4D"}[
                handle
            ],
            "amdsmi_get_gpu_metrics_info": lambda handle: found["metrics"],
            "amdsmi_get_power_cap_info": lambda handle: found["cap"],
            "amdsmi_get_energy_count": lambda handle: found["energy"],
            "amdsmi_get_violation_status": lambda handle: found["violations"],
        }
        | changes
    )


def test_a_card_is_found_by_its_uuid_and_not_by_its_place() -> None:
    found = sensors(DEVICE, library)

    assert isinstance(found, AmdSensors)
    assert found.read(0.5).power_w == 742
    assert found.missing() == ()


def test_a_table_that_is_refused_is_named_once_and_the_rest_is_read() -> None:
    def refuse(handle: str) -> None:
        raise AmdSmiException("AMDSMI_STATUS_NOT_SUPPORTED")

    found = sensors(DEVICE, lambda: library(amdsmi_get_energy_count=refuse))
    readings = [found.read(0.0), found.read(0.1)]

    assert [r.accelerator.energy_j for r in readings if r.accelerator] == [None, None]
    assert [r.power_w for r in readings] == [742, 742]
    assert found.missing() == ("energy counter: AMDSMI_STATUS_NOT_SUPPORTED",)


def test_without_amdsmi_there_is_one_line() -> None:
    def absent() -> None:
        raise ImportError("No module named 'amdsmi'")

    found = sensors(DEVICE, absent)

    assert isinstance(found, NoSensors)
    assert found.missing() == ("amdsmi cannot be loaded: No module named 'amdsmi'",)
    assert found.read(1.0) == Reading(1.0)


def test_a_card_that_amdsmi_does_not_know_has_no_sensors() -> None:
    found = sensors(DEVICE, lambda: library(amdsmi_get_processor_handles=lambda: ["other"]))

    assert found.missing() == ("amdsmi does not know rocm-1a2b-3c4d",)


def test_the_board_is_described_by_number_or_text_as_the_library_has_it() -> None:
    chip = {"vendor_id": "0x1002", "device_id": "0x74a1", "subvendor_id": 0x1002,
            "subsystem_id": 0x74A1}  # fmt: skip
    found = described(
        DEVICE,
        lambda: library(
            amdsmi_get_gpu_asic_info=lambda handle: chip,
            amdsmi_get_gpu_board_info=lambda handle: {
                "model_number": "102-G30211-00", "product_serial": "692251000123",
            },
            amdsmi_get_gpu_vbios_info=lambda handle: {"version": "022.040.003.042"},
            amdsmi_get_gpu_device_bdf=lambda handle: "0000:C5:00.0",
        ),
    ).accelerator  # fmt: skip

    assert found is not None
    assert (found.pci_bus_id, found.serial) == ("0000:c5:00.0", "692251000123")
    assert found.board == Board("1002:74a1", "1002:74a1", "102-G30211-00", "022.040.003.042")
    assert found.missing == ()


def test_a_board_that_is_not_told_is_unknown_with_the_reason() -> None:
    def refuse(handle: str) -> None:
        raise AmdSmiException("AMDSMI_STATUS_NOT_SUPPORTED")

    found = described(
        DEVICE,
        lambda: library(
            amdsmi_get_gpu_asic_info=lambda handle: {"vendor_id": "N/A", "device_id": "N/A"},
            amdsmi_get_gpu_board_info=lambda handle: {"model_number": "N/A"},
            amdsmi_get_gpu_vbios_info=refuse,
        ),
    ).accelerator

    assert found is not None
    assert (found.serial, found.board) == (None, Board())
    assert [line.partition(":")[0] for line in found.missing] == ["VBIOS", "PCI address"]


def test_without_amdsmi_a_card_keeps_what_torch_told() -> None:
    def absent() -> None:
        raise ImportError("No module named 'amdsmi'")

    known = replace(DEVICE, accelerator=Accelerator(architecture="gfx942", multiprocessors=304))

    assert described(known, absent).accelerator == Accelerator(
        architecture="gfx942",
        multiprocessors=304,
        missing=("amdsmi cannot be loaded: No module named 'amdsmi'",),
    )
