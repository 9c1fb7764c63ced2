"""Rules on identity: one machine is counted once, in a bundle and over all of a report."""

from collections.abc import Iterator, Sequence

from reports.performance.machine import MachineAnalysis
from reports.performance.subject import Subject
from reports.verification.audit.rule import AuditFinding, Objection, Rule, Severity


def _devices_once(subject: Subject) -> Iterator[Objection]:
    devices = subject.evidence.inventory.devices
    for what, keys in (
        ("device", [device.uuid for device in devices]),
        ("PCI address", [d.accelerator.pci_bus_id for d in devices if d.accelerator]),
        ("index", [f"{device.backend} {device.index}" for device in devices]),
    ):
        known = [key for key in keys if key is not None]
        if twice := sorted({key for key in known if known.count(key) > 1}):
            yield "inventory.json", f"{what} {twice[0]} is there twice"


def counted_twice(machines: Sequence[MachineAnalysis]) -> tuple[AuditFinding, ...]:
    """Bundles of one report that are of one machine, whatever they call their hosts."""
    seen: dict[tuple[str, str], str] = {}
    found: dict[tuple[str, str], str] = {}
    for machine in machines:
        name = f"{machine.host} (run {machine.run_id[:8]})"
        for key in machine.identities:
            other = seen.setdefault(key, name)
            if other is not name:
                found.setdefault((other, name), key[0])
    return tuple(
        AuditFinding("IDN-002", Severity.CRITICAL, f"{first} and {second}", f"they share {what}")
        for (first, second), what in found.items()
    )


RULES = (Rule("IDN-001", Severity.CRITICAL, "A device is there once", _devices_once),)
