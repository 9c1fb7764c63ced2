"""The facts of a measured machine, for the table of machines."""

from collections import Counter
from dataclasses import dataclass

from reports.performance.identity import boards
from reports.performance.machine import MachineAnalysis


@dataclass(frozen=True, slots=True)
class Machine:
    """One measured machine and its run."""

    host: str
    run_id: str
    started_at: str
    finished_at: str
    tool: str
    operating_system: str
    processor: str
    cores: int
    """Physical cores that the run could use."""
    part: str | None
    """`1 of 2 CPUs`, where the run could not use all of them."""
    memory_bytes: int
    accelerators: tuple[str, ...]
    """Each model once, with its number where there are several."""
    boards: tuple[str, ...]
    """Board, firmware and PCI identity of the cards and the fabric, like ones together."""
    absent: tuple[str, ...]
    """Backends without a device, each with its reason."""
    storage: str | None
    profile: str
    simulated: bool
    interrupted: str | None


def machine(evidence: MachineAnalysis) -> Machine:
    """The facts of one machine that a reader looks for first."""
    inventory = evidence.inventory
    host, storage = inventory.host, inventory.storage
    place = None
    if storage is not None:
        media = storage.media
        place = f"{storage.path} ({storage.filesystem}, {media.media.value}: {media.reason})"
    return Machine(
        host=host.hostname,
        run_id=evidence.run_id,
        started_at=evidence.started_at,
        finished_at=evidence.finished_at,
        tool=f"{evidence.tool.name} {evidence.tool.version}",
        operating_system=host.operating_system,
        processor=host.processor.model_name,
        cores=len(host.processor.workers),
        part=host.processor.part,
        memory_bytes=host.memory_bytes,
        accelerators=tuple(
            name if count == 1 else f"{count} × {name}"
            for name, count in Counter(
                device.name for device in inventory.devices if device.backend != "cpu"
            ).items()
        ),
        boards=boards(inventory),
        absent=tuple(f"{absent.backend}: {absent.reason}" for absent in inventory.absent),
        storage=place,
        profile=evidence.plan.profile,
        simulated=inventory.simulated,
        interrupted=evidence.interrupted,
    )
