"""Capacity of a facility under one policy, from evidence of some nodes and what is declared. Pure.

What was measured is the lower bound, and nothing else is: nodes that were left out, repeats that
failed and claims may be worth nothing. So no evidence that is left out can raise a lower bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.capacity.conversion import Converted
from reports.capacity.matching import GroupEvidence, accelerators, hostname
from reports.capacity.node_capacity import (
    UNIT,
    NodeCapacity,
    at_most,
    declared_capacity,
    measured_capacity,
)
from reports.declarations.facility import Facility, NodeGroup
from reports.declarations.policy import ComputeClass, DeviceKind, Policy
from reports.quantities import NONE, UNKNOWN, Basis, Interval, Quantity, Unknown, joint_basis

_AMX = frozenset({"amx_bf16", "amx_tile"})


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the devices of one kind in one group count under one policy."""

    metric: str
    """`compute.general`, `compute.intelligent`, `compute.hpc`."""
    amount: Interval | None
    """None where it cannot be computed: never 0."""
    unit: str
    policy: str
    measured_nodes: int
    declared_nodes: int
    basis: Basis | None
    how: str
    group: str
    site: str
    compute_class: ComputeClass
    gap: str | None = None
    """What was not measured of it; None where everything was."""


def normalise(
    assignments: Iterable[GroupEvidence], facility: Facility, policy: Policy
) -> tuple[Capacity, ...]:
    """Capacity of every group, one for each kind of device in it."""
    return tuple(
        _capacity(assignment, facility, policy, kind)
        for assignment in assignments
        for kind in _kinds(assignment, facility)
    )


def total(
    capacities: Iterable[Capacity],
    compute_class: ComputeClass | None = None,
    site: str | None = None,
) -> Quantity | Unknown:
    """The sum over a class (None: all) and a site (None: all); what is missing leaves it open."""
    chosen = [
        c for c in capacities if compute_class in (None, c.compute_class) and site in (None, c.site)
    ]
    known = [c for c in chosen if c.amount is not None]
    missing = tuple(f"{c.group}: {c.how}" for c in chosen if c.amount is None)
    open_below = dict.fromkeys(f"{c.group}: {c.gap}" for c in known if c.gap is not None)
    gaps = (*missing, *open_below)
    if chosen and not known:
        return Unknown("; ".join(missing))
    amount = NONE
    for capacity in known:
        assert capacity.amount is not None
        amount = amount + capacity.amount
    if missing:
        amount = amount + UNKNOWN
    basis = joint_basis(c.basis for c in known)
    how = tuple(f"{c.group}: {c.how}" for c in known)
    return Quantity(amount, UNIT, basis, how or ("no device of this class",), gaps)


def _kinds(assignment: GroupEvidence, facility: Facility) -> tuple[DeviceKind, ...]:
    """Kinds of devices that the group counts with."""
    group = assignment.group
    amx = "amx" in facility.switches and any(
        set(e.inventory.host.processor.isa) >= _AMX for e in assignment.evidences
    )
    host: DeviceKind = "amx" if amx else "cpu"
    match group.compute_class:
        case "general":
            return (host,)
        case "intelligent":
            return ("accelerator", host)
        case "hpc":
            found = any(accelerators(e) for e in assignment.evidences)
            claimed = any(rate.device == "accelerator" for rate in group.declared)
            return ("accelerator", host) if found or claimed else (host,)


def _class(kind: DeviceKind, group: NodeGroup) -> ComputeClass:
    if group.compute_class == "hpc":
        return "hpc"
    return "general" if kind == "cpu" else "intelligent"


def _capacity(
    assignment: GroupEvidence, facility: Facility, policy: Policy, kind: DeviceKind
) -> Capacity:
    group = assignment.group
    compute_class = _class(kind, group)
    measured: list[NodeCapacity] = []
    reasons: list[str] = []
    for evidence in assignment.evidences:
        found = measured_capacity(evidence, policy, kind, compute_class)
        if isinstance(found, NodeCapacity):
            measured.append(found)
        else:
            several = len(assignment.evidences) > 1
            reasons.append(f"{hostname(evidence)}: {found.reason}" if several else found.reason)
    amount, basis, gap, how = None, None, None, "; ".join(reasons)
    if measured:
        amount, how = _extrapolate([node.counted for node in measured], group)
        how = "; ".join((how, *reasons))
        basis = Basis.MEASURED if len(measured) == group.nodes else Basis.MIXED
        gap = _gap(measured, group)
    else:
        claim = declared_capacity(group, policy, kind, compute_class)
        if isinstance(claim, Converted):
            amount, basis = at_most(claim.flop_per_s).times(group.nodes), Basis.DECLARED
            how = f"{group.nodes} × {claim.how}"
            gap = f"declared, and none of {group.nodes} nodes was measured"
        elif not how:
            how = claim.reason
    return Capacity(
        metric=f"compute.{compute_class}",
        amount=amount,
        unit=UNIT,
        policy=policy.name,
        measured_nodes=len(measured),
        declared_nodes=group.nodes,
        basis=basis,
        how=how,
        group=group.name,
        site=facility.site(group),
        compute_class=compute_class,
        gap=gap,
    )


def _extrapolate(measured: list[Converted], group: NodeGroup) -> tuple[Interval, str]:
    """Measured nodes as they are; each of the others may be any of them, or nothing."""
    amount = NONE
    hull = measured[0].flop_per_s
    for node in measured:
        amount = amount + node.flop_per_s
        hull = hull.hull(node.flop_per_s)
    rest = group.nodes - len(measured)
    how = f"{measured[0].how}, measured on {len(measured)} of {group.nodes} nodes"
    if rest:
        mean = None if amount.value is None else amount.value / len(measured)
        amount = amount + Interval(0.0, mean, hull.high).times(rest)
        how += f", the other {rest} taken from {'it' if len(measured) == 1 else 'them'}"
    return amount, how


def _gap(measured: list[NodeCapacity], group: NodeGroup) -> str | None:
    said = []
    if rest := group.nodes - len(measured):
        said.append(f"{rest} of {group.nodes} nodes not measured")
    said += dict.fromkeys(text for node in measured for text in node.short)
    return "; ".join(said) or None
