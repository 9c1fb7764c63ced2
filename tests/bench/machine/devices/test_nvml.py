"""What NVML tells of a card's board, as a real card told it."""

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evidence.inventory import Board, Health
from bench.machine.devices.nvml import Nvml
from bench.testing.simulated_nvml import NVMLError, Running, SimulatedGpu, SimulatedNvml

CARD = Running(SimulatedGpu(0))
RECORDED = {
    "nvmlDeviceGetVbiosVersion": "96.00.A5.00.1A",
    "nvmlDeviceGetBoardPartNumber": "692-2G520-0282-001",
    "nvmlDeviceGetInforomImageVersion": "G520.0282.02.02",
    "nvmlDeviceGetPciInfo": SimpleNamespace(
        busId="00000000:19:00.0", pciDeviceId=590680286, pciSubSystemId=415174878
    ),
    "nvmlDeviceGetCurrPcieLinkGeneration": 5,
    "nvmlDeviceGetMaxPcieLinkGeneration": 5,
    "nvmlDeviceGetGpuMaxPcieLinkGeneration": 5,
    "nvmlDeviceGetCurrPcieLinkWidth": 16,
    "nvmlDeviceGetMaxPcieLinkWidth": 16,
    "nvmlDeviceGetGspFirmwareVersion": b"580.159.04",
    "nvmlDeviceGetMemoryBusWidth": 6016,
}
"""Answers of an NVIDIA H200 by nvidia-ml-py 13.610; the address alone is invented."""


class RecordedNvml(SimulatedNvml):
    """A library that gives recorded answers, and the simulated ones where none was recorded."""

    def __init__(self, **changes: Any) -> None:
        super().__init__((CARD,))
        self._recorded = RECORDED | changes

    def __getattr__(self, name: str) -> Any:
        if name in self._recorded:
            return lambda card: self._recorded[name]
        return super().__getattr__(name)


H200 = Board(
    pci_id="10de:2335",
    pci_subsystem_id="10de:18bf",
    part_number="692-2G520-0282-001",
    vbios="96.00.A5.00.1A",
    inforom="G520.0282.02.02",
    firmware="580.159.04",
    pcie_generation=5,
    memory_bus_bits=6016,
)


def test_a_recorded_card_is_identified() -> None:
    facts = Nvml(RecordedNvml()).facts(CARD, "GPU")

    assert facts.pci_bus_id == "0000:19:00.0"
    assert facts.board == H200
    assert (facts.pcie_generation, facts.pcie_width) == (5, 16)
    assert facts.health == Health(0, 0, 0, False, False, 5, 16)
    assert facts.missing == ()


@pytest.mark.parametrize("answer", [b"580.159.04", "580.159.04"])
def test_a_version_is_text_whether_the_library_gives_text_or_bytes(answer: bytes | str) -> None:
    facts = Nvml(RecordedNvml(nvmlDeviceGetGspFirmwareVersion=answer)).facts(CARD, "GPU")

    assert facts.board is not None
    assert facts.board.firmware == "580.159.04"


def test_what_a_card_does_not_tell_is_unknown_and_the_reason_is_kept() -> None:
    card = Running(SimulatedGpu(0, missing=frozenset({"nvmlDeviceGetBoardPartNumber"})))
    facts = Nvml(SimulatedNvml((card,))).facts(card, "GPU")

    assert facts.board is not None
    assert facts.board.part_number is None
    assert facts.board.vbios == "00.00.00.00.01"
    assert facts.missing == ("part number: Not Supported",)


def test_a_library_older_than_a_question_costs_that_answer_alone() -> None:
    class Old(RecordedNvml):
        def __getattr__(self, name: str) -> Any:
            if name == "nvmlDeviceGetGspFirmwareVersion":
                raise AttributeError(f"module 'pynvml' has no attribute {name!r}")
            return super().__getattr__(name)

    facts = Nvml(Old()).facts(CARD, "GPU")

    assert facts.board is not None
    assert facts.board.firmware is None
    assert facts.board.vbios == "96.00.A5.00.1A"
    assert [line.partition(":")[0] for line in facts.missing] == ["GSP firmware"]


def test_a_card_without_an_address_has_no_ids_of_vendor_and_device() -> None:
    class Nowhere(RecordedNvml):
        def __getattr__(self, name: str) -> Any:
            if name == "nvmlDeviceGetPciInfo":
                return refuse
            return super().__getattr__(name)

    def refuse(card: Running) -> None:
        raise NVMLError("Unknown Error")

    facts = Nvml(Nowhere()).facts(CARD, "GPU")

    assert facts.board is not None
    assert (facts.pci_bus_id, facts.board.pci_id, facts.board.pci_subsystem_id) == (None,) * 3


def test_the_structure_of_the_real_library_has_the_fields_that_are_read() -> None:
    pynvml = pytest.importorskip("pynvml")
    info = pynvml.nvmlPciInfo_t(pciDeviceId=590680286, pciSubSystemId=415174878)

    assert isinstance(info, ctypes.Structure)
    assert (info.pciDeviceId, info.pciSubSystemId) == (590680286, 415174878)
