"""Huawei's NPUs: torch_npu drives them, npu-smi reads their sensors.

npu-smi takes about a second for an answer, so its readings come slower than ten a second; when
they were taken stands with each.
"""

import re
import subprocess
from collections.abc import Callable

from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Board, Device
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine.devices import pci
from bench.machine.devices.accelerator import Maker, TorchBackend
from bench.machine.devices.events import NoSensors, Sensors

HUAWEI = Maker("ascend", "Huawei NPU", ("dev/davinci[0-9]*",))

TIMEOUT_S = 10.0
_LINE = re.compile(r"^\s*([^:]+?)\s*:\s*(\S.*?)\s*$", re.MULTILINE)


def table(text: str, chip: int) -> dict[str, str]:
    """The `Key : value` lines of one chip; the card's controller has lines of the same names."""
    sections: list[dict[str, str]] = [{}]
    for key, value in _LINE.findall(text):
        if key in ("Chip ID", "Chip Name"):
            sections.append({})
        sections[-1][key] = value
    # Older versions print one chip's lines without its number.
    wanted = (section for section in sections if section.get("Chip ID") == str(chip))
    return next(wanted, sections[0])


def reading(at_s: float, text: str, chip: int) -> Reading:
    """One reading from `npu-smi info -t common`. Pure."""
    values = table(text, chip)
    clock_mhz = _number(values.get("Aicore curFreq(MHZ)"))
    used = _number(values.get("Aicore Usage Rate(%)"))
    return Reading(
        at_s,
        clock_hz=None if clock_mhz is None else clock_mhz * 1e6,
        temperature_c=_number(values.get("Temperature(C)")),
        power_w=_number(values.get("NPU Real-time Power(W)")),
        accelerator=AcceleratorReading(utilisation=None if used is None else used / 100),
    )


def mapping(text: str) -> dict[int, tuple[int, int]]:
    """Logical number, as torch_npu counts, to (NPU, chip), from `npu-smi info -m`. Pure."""
    rows = re.findall(r"^\s*(\d+)\s+(\d+)\s+(\d+)\s+", text, re.MULTILINE)
    return {int(logical): (int(npu), int(chip)) for npu, chip, logical in rows}


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:  # NA, N/A
        return None


def npu_smi(*arguments: str) -> str:
    """What npu-smi prints. Raises OSError or subprocess.SubprocessError."""
    return subprocess.run(
        ["npu-smi", "info", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=True,
        timeout=TIMEOUT_S,
    ).stdout


class NpuSensors:
    """The sensors of one chip, by npu-smi."""

    def __init__(self, ask: Callable[..., str], npu: int, chip: int) -> None:
        self._ask = ask
        self._npu = str(npu)
        self._chip = chip
        self._missing: str | None = None

    def read(self, at_s: float) -> Reading:
        try:
            return reading(at_s, self._ask("-t", "common", "-i", self._npu), self._chip)
        except (OSError, subprocess.SubprocessError) as error:
            self._missing = self._missing or f"npu-smi: {error}"
            return Reading(at_s)

    def missing(self) -> tuple[str, ...]:
        return (self._missing,) if self._missing else ()


def sensors(device: Device, ask: Callable[..., str] = npu_smi) -> Sensors:
    """The sensors of this chip, or the reason why there are none."""
    try:
        known = mapping(ask("-m"))
    except (OSError, subprocess.SubprocessError) as error:
        return NoSensors(f"npu-smi cannot be used: {error}")
    if device.index not in known:
        return NoSensors(f"npu-smi does not know device {device.index}")
    return NpuSensors(ask, *known[device.index])


def facts(known: Accelerator, text: str) -> Accelerator:
    """What is known with what `npu-smi info -t board` tells. Pure but for the memory node."""
    told = {key: value for key, value in _LINE.findall(text) if value not in ("NA", "N/A")}
    bus = told["PCIe Bus Info"].lower() if "PCIe Bus Info" in told else None
    return replace(
        known,
        pci_bus_id=bus,
        numa_node=None if bus is None else pci.numa_node(bus),
        serial=told.get("Serial Number"),
        board=Board(
            pci_id=_pci(told, "PCI Vendor ID", "PCI Device ID"),
            pci_subsystem_id=_pci(told, "Subsystem Vendor ID", "Subsystem Device ID"),
            part_number=told.get("Product Name"),
            firmware=told.get("Firmware Version"),
        ),
    )


def _pci(told: dict[str, str], vendor: str, device: str) -> str | None:
    try:
        return pci.identifier(int(told[device], 16) << 16 | int(told[vendor], 16))
    except (KeyError, ValueError):
        return None


def described(device: Device, ask: Callable[..., str] = npu_smi) -> Device:
    """The device with what npu-smi tells of its board."""
    known = device.accelerator or Accelerator()
    try:
        place = mapping(ask("-m")).get(device.index)
        if place is None:
            found = replace(known, missing=(f"npu-smi does not know device {device.index}",))
        else:
            found = facts(known, ask("-t", "board", "-i", str(place[0])))
    except (OSError, subprocess.SubprocessError) as error:
        found = replace(known, missing=(f"npu-smi cannot be used: {error}",))
    return replace(device, accelerator=found)


def backend() -> TorchBackend:
    return TorchBackend(HUAWEI, sensors, describe=described)
