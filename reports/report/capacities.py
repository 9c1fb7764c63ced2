"""Classes of compute and their total, for the table of capacities."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from reports.capacity import Capacity, total
from reports.declarations.policy import ComputeClass, Policy
from reports.judgement.indicators.facts import Facts
from reports.quantities import Basis, Interval, Quantity


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
    figure = found if isinstance(found, Quantity) else None
    return ClassCapacity(
        metric=f"compute.{name or 'total'}",
        policy=policy.name,
        certifiable=policy.certifiable,
        amount=None if figure is None else figure.amount,
        unit="FLOP/s",
        measured_nodes=sum(_once_a_group(chosen, "measured_nodes")),
        declared_nodes=sum(_once_a_group(chosen, "declared_nodes")),
        basis=None if figure is None else figure.basis,
        reason="; ".join(found.gaps) if isinstance(found, Quantity) else found.reason,
    )


def _once_a_group(capacities: Iterable[Capacity], field: str) -> Iterable[int]:
    """A group with several kinds of devices has its nodes only once."""
    nodes: dict[str, int] = {}
    for capacity in capacities:
        nodes[capacity.group] = max(nodes.get(capacity.group, 0), getattr(capacity, field))
    return nodes.values()
