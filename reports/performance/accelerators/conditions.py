"""Conditions of a card: not whole, not as sold, not alone. Pure."""

from collections.abc import Iterator

from bench.evidence.inventory import Accelerator, Device
from bench.evidence.outcome import Reading
from reports.performance.subject import Subject

RAISED = 1.005
"""A limit above the default by less is its rounding to milliwatts."""
OVERCLOCKED = 1.005
"""A clock above the highest one of the driver by less is the sensor's rounding."""


def remarks(subject: Subject) -> tuple[str, ...]:
    """One line for everything about a card that a figure is not to be read without."""
    return tuple(
        f"{subject.host}: {device.backend}:{device.index} ({device.name}): {text}"
        for device in subject.evidence.inventory.devices
        if device.accelerator is not None
        for text in _of(device.accelerator, _readings(subject, device))
    )


def _of(facts: Accelerator, readings: tuple[Reading, ...]) -> Iterator[str]:
    if facts.partition is not None and facts.partition != "whole":
        yield f"{facts.partition}; its figures are not those of a whole card"
    if facts.virtualisation not in (None, "none", "passthrough"):
        yield f"{facts.virtualisation}: the hypervisor may share it"
    if facts.ecc is False:
        yield "ECC is off: memory errors go unseen, and some cards are faster without"
    if facts.other_processes:
        count = facts.other_processes
        yield f"{count} other {'process' if count == 1 else 'processes'} computed on it"
    limits = [(facts.power_limit_w, facts.default_power_limit_w)]
    limits += [
        (r.accelerator.power_limit_w, r.accelerator.default_power_limit_w)
        for r in readings
        if r.accelerator is not None
    ]
    raised = [(now, sold) for now, sold in limits if now and sold and now > RAISED * sold]
    if raised:
        now, sold = max(raised)
        yield f"power limit raised to {now:.0f} W, {sold:.0f} W is its default"
    yield from _link(facts, readings)
    clocks = [reading.clock_hz for reading in readings if reading.clock_hz is not None]
    top = facts.max_clock_hz
    if clocks and top is not None and max(clocks) > OVERCLOCKED * top:
        yield f"clocked at {max(clocks) / 1e9:.3f} GHz, {top / 1e9:.3f} GHz is its highest"


def _link(facts: Accelerator, readings: tuple[Reading, ...]) -> Iterator[str]:
    """A link that is narrow or slow under load: an idle one may rest, a loaded one may not."""
    loaded = [r.accelerator.health for r in readings if r.accelerator and r.accelerator.health]
    for name, attribute in (("generation", "pcie_generation"), ("width", "pcie_width")):
        seen = [now for health in loaded if (now := getattr(health, attribute)) is not None]
        highest = getattr(facts, attribute)
        if seen and highest is not None and max(seen) < highest:
            yield f"its PCIe link ran at {name} {max(seen)} under load, it can do {highest}"
    card = facts.board.pcie_generation if facts.board is not None else None
    if card is not None and facts.pcie_generation is not None and facts.pcie_generation < card:
        yield f"it can do PCIe generation {card}, in its slot no more than {facts.pcie_generation}"


def _readings(subject: Subject, device: Device) -> tuple[Reading, ...]:
    return tuple(
        reading
        for case, outcome in subject.derived.kernels
        if case.device == device.uuid
        for reading in outcome.readings
    )
