"""Huawei's sensors, from what npu-smi prints."""

import subprocess
from pathlib import Path

import pytest

from bench.evidence.inventory import Accelerator, Board, Device
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine.devices.ascend import described, facts, mapping, reading, sensors

GOLDEN = Path(__file__).parents[3] / "golden/telemetry"


def text(name: str) -> str:
    return (GOLDEN / name).read_text()


def device(index: int) -> Device:
    return Device("ascend", index, f"ascend-{index}", "Example NPU", "npu:0", 64 << 30, None)


def test_the_chip_is_read_and_not_the_controller_beside_it() -> None:
    assert reading(0.5, text("npu-smi-common.txt"), 0) == Reading(
        0.5, None, 1.65e9, 68, 341.5, AcceleratorReading(utilisation=0.97)
    )


def test_of_several_chips_the_one_that_is_asked_for_is_read() -> None:
    both = text("npu-smi-two-chips.txt")

    assert reading(0.0, both, 1).power_w == 177
    assert reading(0.0, both, 0) == Reading(
        0.0, None, 0.8e9, 40, None, AcceleratorReading(utilisation=0)
    )


def test_rubbish_has_no_sensors() -> None:
    assert reading(0.0, "command failed", 0) == Reading(0.0, accelerator=AcceleratorReading())


def test_logical_numbers_lead_to_cards_and_chips() -> None:
    assert mapping(text("npu-smi-map.txt")) == {0: (3, 0), 1: (5, 0), 2: (5, 1)}


def test_a_device_is_asked_for_by_its_card() -> None:
    asked = []

    def npu_smi(*arguments: str) -> str:
        asked.append(arguments)
        return text("npu-smi-map.txt" if arguments == ("-m",) else "npu-smi-two-chips.txt")

    found = sensors(device(2), npu_smi)

    assert found.read(0.1).clock_hz == 1.5e9
    assert found.missing() == ()
    assert asked == [("-m",), ("-t", "common", "-i", "5")]


def test_a_device_that_npu_smi_does_not_list_has_no_sensors() -> None:
    assert sensors(device(7), lambda *_: text("npu-smi-map.txt")).missing() == (
        "npu-smi does not know device 7",
    )


@pytest.mark.parametrize(
    "fault",
    [FileNotFoundError(2, "No such file or directory"), subprocess.TimeoutExpired("npu-smi", 10)],
)
def test_without_npu_smi_there_is_one_line(fault: Exception) -> None:
    def absent(*_: str) -> str:
        raise fault

    assert sensors(device(0), absent).missing() == (f"npu-smi cannot be used: {fault}",)


def test_npu_smi_that_fails_later_is_named_once() -> None:
    def npu_smi(*arguments: str) -> str:
        if arguments == ("-m",):
            return text("npu-smi-map.txt")
        raise subprocess.CalledProcessError(1, "npu-smi")

    found = sensors(device(0), npu_smi)

    assert [found.read(0.0), found.read(0.1)] == [Reading(0.0), Reading(0.1)]
    assert len(found.missing()) == 1


def test_the_board_of_a_device_is_that_of_its_card() -> None:
    asked = []

    def npu_smi(*arguments: str) -> str:
        asked.append(arguments)
        return text("npu-smi-map.txt" if arguments == ("-m",) else "npu-smi-board.txt")

    found = described(device(2), npu_smi).accelerator

    assert found is not None
    assert (found.pci_bus_id, found.serial) == ("0000:c1:00.0", "102512345678")
    assert found.board == Board(
        pci_id="19e5:d802",
        pci_subsystem_id="19e5:3003",
        part_number="EXAMPLE_Bin3",
        firmware="7.8.0.6.201",
    )
    assert asked == [("-m",), ("-t", "board", "-i", "5")]


def test_a_board_without_its_lines_is_unknown() -> None:
    assert facts(Accelerator(multiprocessors=20), "command failed") == Accelerator(
        multiprocessors=20, board=Board()
    )
    assert facts(Accelerator(), "Serial Number : NA\nPCI Vendor ID : x").serial is None


def test_a_board_that_cannot_be_asked_for_keeps_the_reason() -> None:
    def absent(*_: str) -> str:
        raise FileNotFoundError(2, "No such file or directory")

    unlisted = described(device(7), lambda *_: text("npu-smi-map.txt")).accelerator
    without = described(device(0), absent).accelerator

    assert unlisted == Accelerator(missing=("npu-smi does not know device 7",))
    assert without is not None
    assert without.missing == ("npu-smi cannot be used: [Errno 2] No such file or directory",)
