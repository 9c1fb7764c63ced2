"""`capbench discover`: what this machine is made of."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.output import json_option, print_json

if TYPE_CHECKING:
    from bench.evidence.inventory import Device, FabricPart, Inventory


@click.command()
@json_option
def discover(as_json: bool) -> None:
    """Show what was found: hardware, system, software. Measures nothing."""
    from bench import machine as discovery

    inventory = discovery.discover(Path.cwd())
    if as_json:
        print_json(inventory)
    else:
        for line in lines(inventory):
            click.echo(line)


def lines(inventory: "Inventory") -> list[str]:
    """The inventory for people, a fact a line."""
    from bench.units import format_si

    host, processor = inventory.host, inventory.host.processor
    caches = ", ".join(
        f"L{c.level}{'' if c.type == 'Unified' else c.type[0].lower()} "
        f"{c.instances} x {c.size_bytes >> 10} KiB"
        for c in processor.caches
    )
    rows = [
        ("host", f"{host.hostname}: {host.operating_system}, Linux {host.kernel}"),
        ("virtual", f"hypervisor {host.hypervisor or '—'}, container {host.container or 'none'}"),
        ("processor", processor.model_name),
        ("cores", _cores(inventory)),
        ("extensions", " ".join(processor.isa)),
        ("caches", caches or "—"),
        ("memory", format_si(host.memory_bytes, "B")),
        *(("fabric", _fabric(part)) for part in host.fabric),
        *(("device", _device(device)) for device in inventory.devices),
        *((a.backend, f"absent: {a.reason}") for a in inventory.absent),
    ]
    if (storage := inventory.storage) is not None:
        media = storage.media
        leaves = ", ".join(leaf.name for leaf in media.leaves) or "—"
        rows += [
            ("storage", f"{storage.path} ({storage.filesystem} on {leaves})"),
            ("media", f"{media.media} (evidence: {media.level.name.lower()}): {media.reason}"),
        ]
    rows.append(("software", ", ".join(f"{k} {v}" for k, v in inventory.software.items())))
    return [f"{name:<11} {text}" for name, text in rows]


def _device(device: "Device") -> str:
    text = f"{device.name} ({device.backend}:{device.index})"
    if (facts := device.accelerator) is None:
        return text
    named = [device.uuid]
    if facts.power_limit_w is not None and facts.default_power_limit_w is not None:
        named.append(f"limit {facts.power_limit_w:.0f} of {facts.default_power_limit_w:.0f} W")
    if facts.health is not None and facts.pcie_generation is not None:
        now = f"{facts.health.pcie_generation} x{facts.health.pcie_width}"
        named.append(f"PCIe {now} of {facts.pcie_generation} x{facts.pcie_width}")
    if facts.board is not None and (told := str(facts.board)):
        named.append(told)
    if facts.partition is not None:
        named.append(facts.partition)
    if facts.ecc is False:
        named.append("ECC off")
    if facts.other_processes:
        named.append(f"{facts.other_processes} other processes on it")
    if device.driver is not None and facts.serial is None:
        named.append("serial number unknown")
    if facts.virtualisation is not None:
        named.append(f"virtualisation {facts.virtualisation}")
    return f"{text}: {', '.join(named)}"


def _fabric(part: "FabricPart") -> str:
    told = (part.model, part.board, part.firmware and f"firmware {part.firmware}")
    return f"{part.kind} {part.name}: {', '.join(filter(None, told)) or '—'}"


def _cores(inventory: "Inventory") -> str:
    processor = inventory.host.processor
    logical = sum(len(core.cpus) for core in processor.cores)
    quota = "no quota" if processor.quota_cpus is None else f"quota {processor.quota_cpus:g}"
    return (
        f"{len(processor.workers)} in use: {len(processor.cores)} physical, {logical} logical "
        f"of {processor.online_cpus}, {quota}"
    )
