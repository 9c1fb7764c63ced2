"""AMD's GPUs: torch drives them, amdsmi reads their sensors.

Field names are those of amdsmi's Python interface (ROCm 6.2 and later; `power` for the energy
counter before it). A sensor that a card lacks is the text `N/A`, or the largest 16-bit number.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Board, Device, Health
from bench.evidence.outcome import AcceleratorReading, Reading
from bench.machine.devices import pci
from bench.machine.devices.accelerator import Maker, TorchBackend
from bench.machine.devices.events import NoSensors, Sensors
from bench.machine.devices.probe import Probe

AMD = Maker("rocm", "AMD GPU", ("dev/kfd",))

_MISSING = 0xFFFF
_VIOLATIONS = {
    "active_ppt_pwr": "software power cap",
    "active_socket_thrm": "software thermal slowdown",
    "active_vr_thrm": "voltage regulator too hot",
    "active_hbm_thrm": "memory too hot",
    "active_prochot_thrm": "hardware thermal slowdown",
}
"""`amdsmi_get_violation_status`, in the words of `throttle_reasons` where they mean the same."""


def reading(
    at_s: float,
    metrics: Mapping[str, object],
    cap: Mapping[str, object],
    energy: Mapping[str, object],
    violations: Mapping[str, object],
) -> Reading:
    """One reading from amdsmi's tables: metrics in MHz, W and °C, caps in µW. Pure."""
    clocks = metrics.get("current_gfxclks")
    several = [c for c in map(_number, clocks) if c] if isinstance(clocks, list | tuple) else []
    single = _number(metrics.get("current_gfxclk"))
    clock_mhz = sum(several) / len(several) if several else single
    power = _number(metrics.get("current_socket_power"))
    return Reading(
        at_s,
        clock_hz=_times(clock_mhz, 1e6),
        temperature_c=_number(metrics.get("temperature_hotspot")),
        power_w=_number(metrics.get("average_socket_power")) if power is None else power,
        accelerator=AcceleratorReading(
            memory_clock_hz=_times(_number(metrics.get("current_uclk")), 1e6),
            power_limit_w=_per(_number(cap.get("power_cap")), 1e6),
            default_power_limit_w=_per(_number(cap.get("default_power_cap")), 1e6),
            memory_temperature_c=_number(metrics.get("temperature_mem")),
            utilisation=_per(_number(metrics.get("average_gfx_activity")), 100),
            throttle=_throttle(violations),
            energy_j=_energy_j(energy),
            health=Health(pcie_width=_whole(metrics.get("pcie_link_width"))),
        ),
    )


def _throttle(violations: Mapping[str, object]) -> tuple[str, ...] | None:
    told = {key: value for key, value in violations.items() if isinstance(value, bool | int)}
    if not set(told) & set(_VIOLATIONS):
        return None
    return tuple(name for key, name in _VIOLATIONS.items() if told.get(key))


def _energy_j(energy: Mapping[str, object]) -> float | None:
    count = _number(energy.get("energy_accumulator", energy.get("power")), missing=None)
    resolution_uj = _number(energy.get("counter_resolution"), missing=None)
    return None if count is None or resolution_uj is None else count * resolution_uj / 1e6


def _number(value: object, missing: int | None = _MISSING) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value == missing:
        return None
    return float(value)


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _per(value: float | None, divisor: float) -> float | None:
    return None if value is None else value / divisor


class AmdSensors:
    """The sensors of one card, by amdsmi."""

    def __init__(self, amdsmi: Any, handle: Any) -> None:
        self._amdsmi = amdsmi
        self._handle = handle
        self._probe = Probe(amdsmi.AmdSmiException)

    def read(self, at_s: float) -> Reading:
        def table(name: str, function: str) -> Mapping[str, object]:
            def ask() -> Mapping[str, object]:
                found: Mapping[str, object] = getattr(self._amdsmi, function)(self._handle)
                return found

            return self._probe.ask(name, ask) or {}

        return reading(
            at_s,
            table("metrics", "amdsmi_get_gpu_metrics_info"),
            table("power cap", "amdsmi_get_power_cap_info"),
            table("energy counter", "amdsmi_get_energy_count"),
            table("violations", "amdsmi_get_violation_status"),
        )

    def missing(self) -> tuple[str, ...]:
        return self._probe.missing()


def _load() -> Any:
    import amdsmi

    return amdsmi


def sensors(device: Device, load: Callable[[], Any] = _load) -> Sensors:
    """The sensors of this card, matched by its UUID, or the reason why there are none."""
    found = _find(device, load)
    return NoSensors(found) if isinstance(found, str) else AmdSensors(*found)


def described(device: Device, load: Callable[[], Any] = _load) -> Device:
    """The device with what amdsmi tells of its board."""
    facts = device.accelerator or Accelerator()
    found = _find(device, load)
    if isinstance(found, str):
        return replace(device, accelerator=replace(facts, missing=(found,)))
    amdsmi, handle = found
    probe = Probe(amdsmi.AmdSmiException, AttributeError)

    def table(name: str, function: str) -> Mapping[str, object]:
        return probe.ask(name, lambda: getattr(amdsmi, function)(handle)) or {}

    chip = table("PCI ids", "amdsmi_get_gpu_asic_info")
    sold = table("board", "amdsmi_get_gpu_board_info")
    vbios = table("VBIOS", "amdsmi_get_gpu_vbios_info")
    bus = probe.ask("PCI address", lambda: str(amdsmi.amdsmi_get_gpu_device_bdf(handle)).lower())
    facts = replace(
        facts,
        pci_bus_id=bus,
        numa_node=None if bus is None else pci.numa_node(bus),
        serial=_text(sold.get("product_serial")),
        board=Board(
            pci_id=_pci(chip, "vendor_id", "device_id"),
            pci_subsystem_id=_pci(chip, "subvendor_id", "subsystem_id"),
            part_number=_text(sold.get("model_number")),
            vbios=_text(vbios.get("version")),
        ),
        missing=probe.missing(),
    )
    return replace(device, accelerator=facts)


def _find(device: Device, load: Callable[[], Any]) -> tuple[Any, Any] | str:
    """The library and its handle of this card, matched by its UUID, or why there is none."""
    try:
        amdsmi = load()
    except Exception as error:  # its import looks for the library itself
        return f"amdsmi cannot be loaded: {error}"
    try:
        amdsmi.amdsmi_init()
        wanted = _bare(device.uuid)
        for handle in amdsmi.amdsmi_get_processor_handles():
            if wanted in _bare(str(amdsmi.amdsmi_get_gpu_device_uuid(handle))):
                return amdsmi, handle
    except (amdsmi.AmdSmiException, AttributeError, ValueError) as error:
        return f"amdsmi cannot be used: {error}"
    return f"amdsmi does not know {device.uuid}"


def _text(value: object) -> str | None:
    text = str(value).strip() if isinstance(value, str) else ""
    return None if text in ("", "N/A") else text


def _pci(table: Mapping[str, object], vendor: str, device: str) -> str | None:
    """Numbers in some versions of the library, and their hexadecimal text in others."""
    try:
        low, high = (int(str(table[key]), 0) for key in (vendor, device))
    except (KeyError, ValueError):
        return None
    return pci.identifier(high << 16 | low)


def _bare(uuid: str) -> str:
    return uuid.removeprefix("rocm-").replace("-", "").lower()


def backend() -> TorchBackend:
    return TorchBackend(AMD, sensors, describe=described)
