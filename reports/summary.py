"""Machines and capacities in short, for the tables of a report. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from bench.evidence import Evidence
from reports.figure import Basis, Figure
from reports.interval import Interval
from reports.metrics import Facts
from reports.normalise import Capacity, total
from reports.policy import ComputeClass, Policy


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
    memory_bytes: int
    accelerators: tuple[str, ...]
    """Each model once, with its number where there are several."""
    absent: tuple[str, ...]
    """Backends without a device, each with its reason."""
    storage: str | None
    profile: str
    simulated: bool
    interrupted: str | None


@dataclass(frozen=True, slots=True)
class ClassCapacity:
    """A class of compute, or all of it, under one policy."""

    metric: str
    policy: str
    certifiable: bool
    amount: Interval | None
    unit: str
    measured_nodes: int
    declared_nodes: int
    basis: Basis | None
    reason: str
    """What is missing; empty where nothing is."""


def machine(evidence: Evidence) -> Machine:
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
        memory_bytes=host.memory_bytes,
        accelerators=tuple(
            name if count == 1 else f"{count} × {name}"
            for name, count in Counter(
                device.name for device in inventory.devices if device.backend != "cpu"
            ).items()
        ),
        absent=tuple(f"{absent.backend}: {absent.reason}" for absent in inventory.absent),
        storage=place,
        profile=evidence.plan.profile,
        simulated=inventory.simulated,
        interrupted=evidence.interrupted,
    )


def by_class(facts: Facts, policy: Policy) -> tuple[ClassCapacity, ...]:
    """The classes that the facility has, and their total."""
    present = [
        name
        for name in get_args(ComputeClass)
        if any(c.compute_class == name for c in facts.capacities)
    ]
    rows = [_row(facts.capacities, name, policy) for name in present]
    return (*rows, _row(facts.capacities, None, policy)) if rows else ()


def _row(
    capacities: tuple[Capacity, ...], name: ComputeClass | None, policy: Policy
) -> ClassCapacity:
    chosen = [c for c in capacities if name in (None, c.compute_class)]
    found = total(capacities, name)
    figure = found if isinstance(found, Figure) else None
    return ClassCapacity(
        metric=f"compute.{name or 'total'}",
        policy=policy.name,
        certifiable=policy.certifiable,
        amount=None if figure is None else figure.amount,
        unit="FLOP/s",
        measured_nodes=sum(_once_a_group(chosen, "measured_nodes")),
        declared_nodes=sum(_once_a_group(chosen, "declared_nodes")),
        basis=None if figure is None else figure.basis,
        reason="; ".join(found.gaps) if isinstance(found, Figure) else found.reason,
    )


def _once_a_group(capacities: Iterable[Capacity], field: str) -> Iterable[int]:
    """A group with several kinds of devices has its nodes only once."""
    nodes: dict[str, int] = {}
    for capacity in capacities:
        nodes[capacity.group] = max(nodes.get(capacity.group, 0), getattr(capacity, field))
    return nodes.values()
