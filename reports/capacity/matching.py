"""Matching of evidence bundles to a facility's groups of nodes. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import UsageError
from bench.evidence.plan import GuaranteeCase
from reports.declarations.facility import Facility, NodeGroup, StoragePool
from reports.declarations.policy import ComputeClass
from reports.performance.machine import MachineAnalysis, is_fleet


@dataclass(frozen=True, slots=True)
class GroupEvidence:
    """A group with the evidence that stands for it."""

    group: NodeGroup
    evidences: tuple[MachineAnalysis, ...]


def is_of_a_volume(evidence: MachineAnalysis) -> bool:
    """Whether a bundle holds nothing but a guarantee: it says nothing of what a node computes."""
    return all(isinstance(case, GuaranteeCase) for case in evidence.plan.cases)


def of_machines(evidences: Sequence[MachineAnalysis]) -> Facility:
    """The facility that the measured machines are by themselves: a group of one node each.

    The nodes of a fleet are groups by what they compute with.
    """
    nodes = [evidence for evidence in evidences if not is_of_a_volume(evidence)]
    members: dict[tuple[str, ComputeClass, str], list[str]] = {}
    for evidence in nodes:
        found = accelerators(evidence)
        compute_class: ComputeClass = "intelligent" if found else "general"
        device = found[0] if found else processor(evidence)
        name = device if is_fleet(len(nodes)) else hostname(evidence)
        members.setdefault((name, compute_class, device), []).append(hostname(evidence))
    groups = [
        NodeGroup(
            name=name,
            nodes=len(hosts),
            compute_class=compute_class,
            device=device,
            hosts=tuple(hosts),
        )
        for (name, compute_class, device), hosts in members.items()
    ]
    hostnames = {hostname(evidence) for evidence in evidences}
    name = hostnames.pop() if len(hostnames) == 1 else f"{len(hostnames)} machines"
    pools = tuple(pool for evidence in nodes if (pool := _pool(evidence)) is not None)
    return Facility(
        name=name,
        scope="machine",
        storage_basis="raw",
        groups=tuple(groups),
        pools=pools,
    )


def assign(
    evidences: Sequence[MachineAnalysis], facility: Facility
) -> tuple[tuple[GroupEvidence, ...], tuple[str, ...]]:
    """Which evidence stands for which group, and notes on what is left out.

    Raises UsageError: one host given twice, two groups that fit, more evidence than nodes.
    """
    runs = [evidence.run_id for evidence in evidences if is_of_a_volume(evidence)]
    if again := _twice(runs):
        raise UsageError(f"The bundle of run {again[0]} is given twice.", "Give it once.")
    evidences = [evidence for evidence in evidences if not is_of_a_volume(evidence)]
    hosts = [hostname(evidence) for evidence in evidences]
    if twice := _twice(hosts):
        raise UsageError(
            f"The evidence of host {twice[0]} is given twice.", "Give one bundle a node."
        )
    members: dict[str, list[MachineAnalysis]] = {group.name: [] for group in facility.groups}
    notes: list[str] = []
    named: dict[str, list[NodeGroup]] = {}
    for group in facility.groups:
        for host in dict.fromkeys(group.hosts):
            named.setdefault(host, []).append(group)
    for evidence in evidences:
        fitting = tuple(named.get(hostname(evidence), ())) or _fitting(evidence, facility)
        found = f"{hostname(evidence)} ({_described(evidence)})"
        if evidence.inventory.simulated and facility.scope != "machine":
            notes.append(f"{found} is simulated: not counted")
        elif not fitting:
            notes.append(f"{found} fits no group of {facility.name}: not counted")
        elif len(fitting) > 1:
            raise UsageError(
                f"Evidence of {hostname(evidence)} fits the groups "
                f"{' and '.join(group.name for group in fitting)}.",
                "Name its host in one of them.",
            )
        elif fitting[0].device.casefold() not in _names(evidence):
            notes.append(f"{found} is declared as {fitting[0].device}: not counted")
        else:
            members[fitting[0].name].append(evidence)
            if fitting[0].compute_class == "general" and accelerators(evidence):
                notes.append(f"{found} stands in a general group: accelerators not counted")
    for group in facility.groups:
        if len(members[group.name]) > group.nodes:
            raise UsageError(
                f"Group {group.name} has {group.nodes} nodes and evidence of "
                f"{len(members[group.name])}.",
                "Correct the count, or leave evidence out.",
            )
    assigned = tuple(GroupEvidence(g, tuple(members[g.name])) for g in facility.groups)
    return assigned, tuple(notes)


def accelerators(evidence: MachineAnalysis) -> tuple[str, ...]:
    """Names of everything that computes there but the host's CPU."""
    return tuple(d.name for d in evidence.inventory.devices if d.backend != "cpu")


def processor(evidence: MachineAnalysis) -> str:
    return evidence.inventory.host.processor.model_name


def hostname(evidence: MachineAnalysis) -> str:
    return evidence.inventory.host.hostname


def _twice(names: Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _names(evidence: MachineAnalysis) -> set[str]:
    return {name.casefold() for name in (*accelerators(evidence), processor(evidence))}


def _fitting(evidence: MachineAnalysis, facility: Facility) -> tuple[NodeGroup, ...]:
    open_groups = [group for group in facility.groups if not group.hosts]
    for names in (accelerators(evidence), (processor(evidence),)):
        folded = {name.casefold() for name in names}
        fitting = tuple(g for g in open_groups if g.device.casefold() in folded)
        if fitting:
            return fitting
    return ()


def _described(evidence: MachineAnalysis) -> str:
    return ", ".join(dict.fromkeys(accelerators(evidence))) or processor(evidence)


def _pool(evidence: MachineAnalysis) -> StoragePool | None:
    """The drives under the tested path, as if they were offered as shared storage."""
    storage = evidence.inventory.storage
    if storage is None:
        return None
    sizes = [leaf.size_bytes for leaf in storage.media.leaves]
    known = [size for size in sizes if size is not None]
    return StoragePool(
        name=f"{hostname(evidence)}:{storage.path}",
        media=storage.media.media.value,
        source=storage.media.reason,
        raw_bytes=sum(known) if sizes and len(known) == len(sizes) else None,
    )
