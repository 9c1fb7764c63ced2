"""Evidence of some nodes and the declaration of all of them to capacity under one policy. Pure.

What was measured is the lower bound, and nothing else is: nodes that were left out, repeats that
failed and claims may be worth nothing. So no evidence that is left out can raise a lower bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.evidence import Evidence
from bench.plan import KernelCase, full_name
from reports.assignment import Assignment, accelerators, hostname
from reports.facility import DeclaredRate, Facility, NodeGroup
from reports.figure import Basis, Figure, Unknown, joint_basis
from reports.interval import NONE, UNKNOWN, Interval, exact
from reports.policy import (
    ComputeClass,
    Converted,
    DeviceKind,
    Pipe,
    Policy,
    Rate,
    Rated,
    convert,
)

UNIT = "FLOP/s"
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


@dataclass(frozen=True, slots=True)
class _Node:
    """What one node counts, and which of its figures rest on fewer repeats than were planned."""

    counted: Converted
    short: tuple[str, ...]


def normalise(
    assignments: Iterable[Assignment], facility: Facility, policy: Policy
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
) -> Figure | Unknown:
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
    return Figure(amount, UNIT, basis, how or ("no device of this class",), gaps)


def _kinds(assignment: Assignment, facility: Facility) -> tuple[DeviceKind, ...]:
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
    assignment: Assignment, facility: Facility, policy: Policy, kind: DeviceKind
) -> Capacity:
    group = assignment.group
    compute_class = _class(kind, group)
    measured: list[_Node] = []
    reasons: list[str] = []
    for evidence in assignment.evidences:
        found = _measured(evidence, policy, kind, compute_class)
        if isinstance(found, _Node):
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
        claim = _declared(group, policy, kind, compute_class)
        if isinstance(claim, Converted):
            amount, basis = _at_most(claim.flop_per_s).times(group.nodes), Basis.DECLARED
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


def _gap(measured: list[_Node], group: NodeGroup) -> str | None:
    said = []
    if rest := group.nodes - len(measured):
        said.append(f"{rest} of {group.nodes} nodes not measured")
    said += dict.fromkeys(text for node in measured for text in node.short)
    return "; ".join(said) or None


def _at_most(amount: Interval) -> Interval:
    """The same without a lower bound: what is claimed, or was measured in part."""
    return Interval(0.0, amount.value, amount.high)


def _measured(
    evidence: Evidence, policy: Policy, kind: DeviceKind, compute_class: ComputeClass
) -> _Node | Unknown:
    backends = ["cpu"]
    if kind == "accelerator":
        backends = sorted({d.backend for d in evidence.inventory.devices if d.backend != "cpu"})
    if not backends:
        return Unknown("no accelerator was found")
    figures = {estimate.metric: estimate for estimate in evidence.estimates}
    parts: list[Converted] = []
    short: list[str] = []
    for backend in backends:
        bursts: list[str] = []

        def rate(
            pipe: Pipe, precision: Rated, backend: str = backend, bursts: list[str] = bursts
        ) -> Rate | None:
            # Without a suffix a metric is of all devices of its backend in the node together.
            name = f"{backend}.{pipe}.{precision}"
            # The first seconds of an accelerator are its best: only what it holds is capacity.
            estimate = figures.get(name if backend == "cpu" else f"{name}.sustained")
            if estimate is None and name in figures:
                bursts.append(name)
            if estimate is None or estimate.unit != UNIT:
                return None
            amount = Interval(estimate.low, estimate.value, estimate.high)
            if estimate.n < (planned := _repeats(evidence, estimate.metric)):
                # Which repeats fail, the operator may choose: they count as nothing.
                short.append(f"{estimate.metric}: {estimate.n} of {planned} repeats")
                amount = _at_most(amount)
            return Rate(amount, estimate.metric)

        found = convert(policy, kind, compute_class, rate)
        if isinstance(found, Unknown) and bursts:
            names = ", ".join(dict.fromkeys(bursts))
            return Unknown(f"{names}: never seen steady, and a burst is no capacity")
        if isinstance(found, Unknown):
            return found
        parts.append(found)
    amount = parts[0].flop_per_s
    for part in parts[1:]:
        amount = amount + part.flop_per_s
    return _Node(Converted(amount, " + ".join(part.how for part in parts)), tuple(short))


def _repeats(evidence: Evidence, metric: str) -> int:
    """Processes that the plan has for a figure."""
    return max(
        (
            case.repeats
            for case in evidence.plan.cases
            if isinstance(case, KernelCase) and metric in (case.metric, full_name(case), case.group)
        ),
        default=0,
    )


def _declared(
    group: NodeGroup, policy: Policy, kind: DeviceKind, compute_class: ComputeClass
) -> Converted | Unknown:
    claims = [rate for rate in group.declared if (rate.device == "cpu") is (kind != "accelerator")]
    dense = [claim for claim in claims if claim.dense]
    if claims and not dense:
        return Unknown("declared with structured sparsity only: dense rates count")

    def rate(pipe: Pipe, precision: Rated) -> Rate | None:
        fitting = [c for c in dense if (c.pipe, c.precision) == (pipe, precision)]
        return _claimed(fitting)

    found = convert(policy, kind, compute_class, rate)
    if isinstance(found, Unknown) and any(c.precision == "unstated" for c in dense):
        return Unknown("declared without its precision: it converts to nothing")
    return found


def _claimed(claims: list[DeclaredRate]) -> Rate | None:
    """One declared rate; claims that differ are an interval, not an average."""
    if not claims:
        return None
    rates = [claim.flop_per_s for claim in claims]
    amount = exact(rates[0]) if len(set(rates)) == 1 else Interval(min(rates), None, max(rates))
    sources = ", ".join(dict.fromkeys(claim.source for claim in claims))
    first = claims[0]
    return Rate(amount, f"{first.device} {first.pipe} {first.precision} declared ({sources})")
