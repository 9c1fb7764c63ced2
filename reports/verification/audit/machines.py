"""One machine, counted once: in one bundle, and over all bundles of a report."""

from collections.abc import Iterable, Iterator, Sequence

from bench.evidence import Evidence
from reports.verification.audit.rule import AuditFinding, Objection, Rule, Severity
from reports.verification.audit.selection import kernels

PLACEHOLDERS = frozenset(
    {"", "n/a", "none", "unknown", "0", "to be filled by o.e.m.", "0123456789", "ffffffff"}
)


def _devices_once(evidence: Evidence) -> Iterator[Objection]:
    devices = evidence.inventory.devices
    for what, keys in (
        ("device", [device.uuid for device in devices]),
        ("PCI address", [d.accelerator.pci_bus_id for d in devices if d.accelerator]),
        ("index", [f"{device.backend} {device.index}" for device in devices]),
    ):
        known = [key for key in keys if key is not None]
        if twice := sorted({key for key in known if known.count(key) > 1}):
            yield "inventory.json", f"{what} {twice[0]} is there twice"


def counted_twice(evidences: Sequence[Evidence]) -> tuple[AuditFinding, ...]:
    """Bundles of one report that are of one machine, whatever they call their hosts."""
    seen: dict[tuple[str, object], str] = {}
    found: dict[tuple[str, str], str] = {}
    for evidence in evidences:
        name = f"{evidence.inventory.host.hostname} (run {evidence.run_id[:8]})"
        for key in dict.fromkeys(_keys(evidence)):
            other = seen.setdefault(key, name)
            if other is not name:
                found.setdefault((other, name), key[0])
    return tuple(
        AuditFinding("IDN-002", Severity.CRITICAL, f"{first} and {second}", f"they share {what}")
        for (first, second), what in found.items()
    )


def _keys(evidence: Evidence) -> Iterable[tuple[str, object]]:
    """What no two machines have in common."""
    yield "one run", evidence.run_id
    if evidence.inventory.simulated:
        return
    if boot_id := evidence.inventory.host.boot_id:
        yield "the boot of one system", boot_id
    for device in evidence.inventory.devices:
        if device.backend == "cpu":
            continue
        yield f"the device {device.uuid}", device.uuid
        serial = device.accelerator.serial if device.accelerator is not None else None
        if serial is not None and serial.casefold() not in PLACEHOLDERS:
            # Several devices can sit on one board, all of them in one machine.
            yield f"the board {serial}", (device.backend, serial)
    for case, outcome in kernels(evidence):
        samples = tuple((sample.start_s, sample.duration_s) for sample in outcome.samples)
        yield f"samples of {case.metric}, to the last digit", samples


RULES = (Rule("IDN-001", Severity.CRITICAL, "A device is there once", _devices_once),)
