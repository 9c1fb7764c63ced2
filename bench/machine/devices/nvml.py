"""What NVML knows about a card: facts once, sensors as often as they are asked for."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.evidence import throttle_reasons
from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Board, Health
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine import text
from bench.machine.devices import pci
from bench.machine.devices.probe import Probe

HEALTH_EVERY_S = 1.0
"""Counters of damage are asked for no oftener: they change rarely, and cost more than the rest."""

_VIRTUALISATION = {0: "none", 1: "passthrough", 2: "vGPU", 3: "vGPU host", 4: "vSGA host"}
"""nvml.h, nvmlGpuVirtualizationMode_t."""


def _load() -> Any:
    import pynvml

    return pynvml


class Nvml:
    """The library, started. Wherever it is asked for a card it is given its UUID."""

    def __init__(self, library: Any) -> None:
        self.library = library

    def driver(self) -> str | None:
        ask = Probe(self.library.NVMLError).ask
        return ask("driver", lambda: _text(self.library.nvmlSystemGetDriverVersion()))

    def find(self, uuid: str, pci_bus_id: str) -> tuple[Any, str] | None:
        """Handle and full UUID of what CUDA calls by this UUID; None where NVML knows it not."""
        nvml, ask = self.library, Probe(self.library.NVMLError).ask
        for prefix in ("GPU", "MIG"):
            by_uuid = partial(nvml.nvmlDeviceGetHandleByUUID, f"{prefix}-{uuid}")
            if (found := ask("UUID", by_uuid)) is not None:
                return found, prefix
        found = ask("address", lambda: nvml.nvmlDeviceGetHandleByPciBusId(pci_bus_id))
        return None if found is None else (found, "GPU")

    def card(self, handle: Any, prefix: str) -> Any:
        """The whole card under a MIG instance: clocks, power and temperature are the card's."""
        if prefix == "GPU":
            return handle
        return self.library.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(handle)

    def facts(self, handle: Any, prefix: str) -> Accelerator:
        """Everything that does not change under load."""
        nvml, card = self.library, self.card(handle, prefix)
        probe = Probe(nvml.NVMLError)
        ask, quantity = probe.ask, probe.quantity
        address = ask("PCI address", lambda: nvml.nvmlDeviceGetPciInfo(card))
        bus = (
            None
            if address is None
            else ask("PCI address", lambda: pci.address(_text(address.busId)))
        )
        ecc = ask("ECC mode", lambda: nvml.nvmlDeviceGetEccMode(card)[0])
        mode = ask("virtualisation", lambda: nvml.nvmlDeviceGetVirtualizationMode(card))
        mig = ask("MIG mode", lambda: nvml.nvmlDeviceGetMigMode(card)[0])

        def max_clock_hz(kind: int) -> float | None:
            return quantity("clock", lambda: nvml.nvmlDeviceGetMaxClockInfo(card, kind), times=1e6)

        facts = Accelerator(
            pci_bus_id=bus,
            serial=ask("serial", lambda: _text(nvml.nvmlDeviceGetSerial(card))),
            numa_node=pci.numa_node(bus) if bus is not None else None,
            max_clock_hz=max_clock_hz(nvml.NVML_CLOCK_SM),
            max_memory_clock_hz=max_clock_hz(nvml.NVML_CLOCK_MEM),
            power_limit_w=power_limit_w(nvml, card, probe),
            default_power_limit_w=default_power_limit_w(nvml, card, probe),
            pcie_generation=ask("PCIe", lambda: nvml.nvmlDeviceGetMaxPcieLinkGeneration(card)),
            pcie_width=ask("PCIe", lambda: nvml.nvmlDeviceGetMaxPcieLinkWidth(card)),
            ecc=None if ecc is None else bool(ecc),
            partition=self._partition(card, prefix, mig),
            virtualisation=None if mode is None else _VIRTUALISATION.get(mode, f"mode {mode}"),
            health=health(nvml, card, probe),
            other_processes=ask("processes", lambda: _others(nvml, card)),
            board=board(nvml, card, probe, address),
        )
        return replace(facts, missing=probe.missing())

    def _partition(self, card: Any, prefix: str, mig: int | None) -> str:
        if prefix == "MIG":
            ask = Probe(self.library.NVMLError).ask
            whole = ask("UUID", lambda: _text(self.library.nvmlDeviceGetUUID(card)))
            return f"MIG instance of {whole or 'an unknown card'}"
        return "whole, MIG is on" if mig else "whole"


def start(load: Callable[[], Any] = _load) -> Nvml | str:
    """NVML ready for use, or why it cannot be used."""
    try:
        library = load()
    except ModuleNotFoundError:
        return "pynvml is not installed; pip install nvidia-ml-py"
    except Exception as error:
        return f"pynvml cannot be loaded: {error}"
    try:
        library.nvmlInit()
    except (library.NVMLError, AttributeError, OSError, ValueError) as error:
        return f"NVML cannot be used: {error}"
    return Nvml(library)


class NvmlSensors:
    """The sensors of one card."""

    def __init__(self, nvml: Nvml, handle: Any, prefix: str) -> None:
        self._nvml = nvml.library
        self._card = nvml.card(handle, prefix)
        self._probe = Probe(self._nvml.NVMLError)
        self._health_at_s: float | None = None

    def read(self, at_s: float) -> Reading:
        """All of them now; what gives nothing is None."""
        nvml, card, probe = self._nvml, self._card, self._probe
        quantity = probe.quantity

        def clock_hz(name: str, kind: int) -> float | None:
            return quantity(name, lambda: nvml.nvmlDeviceGetClockInfo(card, kind), times=1e6)

        mask = probe.ask("throttle reasons", lambda: _reasons(nvml, card))
        return Reading(
            at_s,
            clock_hz=clock_hz("SM clock", nvml.NVML_CLOCK_SM),
            temperature_c=quantity(
                "temperature",
                lambda: nvml.nvmlDeviceGetTemperature(card, nvml.NVML_TEMPERATURE_GPU),
            ),
            power_w=quantity("power", lambda: nvml.nvmlDeviceGetPowerUsage(card), per=1000),
            accelerator=AcceleratorReading(
                memory_clock_hz=clock_hz("memory clock", nvml.NVML_CLOCK_MEM),
                power_limit_w=power_limit_w(nvml, card, probe),
                default_power_limit_w=default_power_limit_w(nvml, card, probe),
                utilisation=quantity(
                    "utilisation", lambda: nvml.nvmlDeviceGetUtilizationRates(card).gpu, per=100
                ),
                throttle=None if mask is None else throttle_reasons.decode(mask),
                energy_j=quantity(
                    "energy counter",
                    lambda: nvml.nvmlDeviceGetTotalEnergyConsumption(card),
                    per=1000,
                ),
                health=self._health(at_s),
            ),
        )

    def missing(self) -> tuple[str, ...]:
        return self._probe.missing()

    def _health(self, at_s: float) -> Health | None:
        if self._health_at_s is not None and at_s - self._health_at_s < HEALTH_EVERY_S:
            return None
        self._health_at_s = at_s
        return health(self._nvml, self._card, self._probe)


def _text(answer: object) -> str:
    """Older releases of the library answer in bytes."""
    return text.decoded(answer) if isinstance(answer, bytes) else str(answer)


def _reasons(nvml: Any, card: Any) -> int:
    """The bitmask, by its name from driver 535 on or by the one that it had before."""
    try:
        return int(nvml.nvmlDeviceGetCurrentClocksEventReasons(card))
    except (nvml.NVMLError, AttributeError):
        return int(nvml.nvmlDeviceGetCurrentClocksThrottleReasons(card))


def _others(nvml: Any, card: Any) -> int:
    """Processes of others that compute on the card: none of ours has begun."""
    return sum(p.pid != os.getpid() for p in nvml.nvmlDeviceGetComputeRunningProcesses(card))


def board(nvml: Any, card: Any, probe: Probe, address: Any) -> Board:
    """What the card says that it is made of; `address` is NVML's answer on the PCI bus."""
    ask = probe.ask

    def text(name: str, function: str) -> str | None:
        answer = ask(name, lambda: getattr(nvml, function)(card))
        # The library gives some versions as the bytes that the driver wrote.
        return answer.decode(errors="replace") if isinstance(answer, bytes) else answer

    def identifier(field: str) -> str | None:
        if address is None:
            return None
        return ask("PCI ids", lambda: pci.identifier(getattr(address, field)))

    return Board(
        pci_id=identifier("pciDeviceId"),
        pci_subsystem_id=identifier("pciSubSystemId"),
        part_number=text("part number", "nvmlDeviceGetBoardPartNumber"),
        vbios=text("VBIOS", "nvmlDeviceGetVbiosVersion"),
        inforom=text("InfoROM", "nvmlDeviceGetInforomImageVersion"),
        firmware=text("GSP firmware", "nvmlDeviceGetGspFirmwareVersion"),
        pcie_generation=ask(
            "PCIe of the card", lambda: nvml.nvmlDeviceGetGpuMaxPcieLinkGeneration(card)
        ),
        memory_bus_bits=ask("memory bus", lambda: nvml.nvmlDeviceGetMemoryBusWidth(card)),
    )


def health(nvml: Any, card: Any, probe: Probe) -> Health:
    """Counters of damage since the driver was loaded, and the state of the link."""
    ask = probe.ask
    rows = ask("row remapping", lambda: nvml.nvmlDeviceGetRemappedRows(card))

    def errors(kind: Any) -> int | None:
        return ask(
            "ECC counters",
            lambda: nvml.nvmlDeviceGetTotalEccErrors(card, kind, nvml.NVML_VOLATILE_ECC),
        )

    return Health(
        ecc_corrected=errors(nvml.NVML_MEMORY_ERROR_TYPE_CORRECTED),
        ecc_uncorrected=errors(nvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED),
        rows_remapped=None if rows is None else rows[0] + rows[1],
        remap_pending=None if rows is None else bool(rows[2]),
        remap_failed=None if rows is None else bool(rows[3]),
        pcie_generation=ask("PCIe", lambda: nvml.nvmlDeviceGetCurrPcieLinkGeneration(card)),
        pcie_width=ask("PCIe", lambda: nvml.nvmlDeviceGetCurrPcieLinkWidth(card)),
    )


def power_limit_w(nvml: Any, card: Any, probe: Probe) -> float | None:
    """What is enforced now, by whatever of several limits is the lowest."""
    return probe.quantity(
        "power limit", lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(card), per=1000
    )


def default_power_limit_w(nvml: Any, card: Any, probe: Probe) -> float | None:
    """What the card was sold with."""
    return probe.quantity(
        "default power limit",
        lambda: nvml.nvmlDeviceGetPowerManagementDefaultLimit(card),
        per=1000,
    )
