"""The capacity of one node, measured or declared."""

from dataclasses import dataclass

from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.plan import KernelCase
from reports.capacity.conversion import Converted, ConvertibleRate, convert
from reports.declarations.facility import DeclaredRate, NodeGroup
from reports.declarations.policy import ComputeClass, DeviceKind, Pipe, Policy, Rated
from reports.performance.machine import MachineAnalysis
from reports.quantities import Interval, Unknown, exact

UNIT = "FLOP/s"


@dataclass(frozen=True, slots=True)
class NodeCapacity:
    """What one node counts, and which figures rest on fewer repeats or CPUs than there are."""

    counted: Converted
    short: tuple[str, ...]


def at_most(amount: Interval) -> Interval:
    """The same without a lower bound: what is claimed, or was measured in part."""
    return Interval(0.0, amount.value, amount.high)


def measured_capacity(
    evidence: MachineAnalysis, policy: Policy, kind: DeviceKind, compute_class: ComputeClass
) -> NodeCapacity | Unknown:
    backends = ["cpu"]
    if kind == "accelerator":
        backends = sorted({d.backend for d in evidence.inventory.devices if d.backend != "cpu"})
    if not backends:
        return Unknown("no accelerator was found")
    figures = _figures(evidence)
    given = evidence.inventory.host.processor.part_of_the_machine
    parts: list[Converted] = []
    short: list[str] = []
    for backend in backends:
        bursts: list[str] = []

        def rate(
            pipe: Pipe, precision: Rated, backend: str = backend, bursts: list[str] = bursts
        ) -> ConvertibleRate | None:
            # Without a suffix a metric is of all devices of its backend in the node together.
            name = f"{backend}.{pipe}.{precision}"
            # The first seconds of an accelerator are its best: only what it holds is capacity.
            wanted = Statistic.VALUE if backend == "cpu" else Statistic.SUSTAINED
            estimate = figures.get((name, wanted))
            if estimate is None and (name, Statistic.VALUE) in figures:
                bursts.append(name)
            if estimate is None or estimate.unit != UNIT:
                return None
            amount = Interval(estimate.low, estimate.value, estimate.high)
            if estimate.n < (planned := _repeats(evidence, estimate)):
                # Which repeats fail, the operator may choose: they count as nothing.
                short.append(f"{estimate.name}: {estimate.n} of {planned} repeats")
                amount = at_most(amount)
            if backend == "cpu" and given is not None:
                short.append(f"{estimate.name}: on {given}")
                amount = Interval(amount.low, amount.value, None)
            return ConvertibleRate(amount, estimate.name)

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
    return NodeCapacity(Converted(amount, " + ".join(part.how for part in parts)), tuple(short))


def _figures(evidence: MachineAnalysis) -> dict[tuple[str, Statistic], Estimate]:
    """A metric's own figure, or, where only its ways of measuring have one, the best of theirs."""
    found: dict[tuple[str, Statistic], Estimate] = {}
    for estimate in evidence.estimates:
        if estimate.operation is not None or estimate.working_set_bytes is not None:
            continue
        key = estimate.metric, estimate.statistic
        if key not in found or _rank(estimate) > _rank(found[key]):
            found[key] = estimate
    return found


def _rank(estimate: Estimate) -> tuple[bool, float]:
    return estimate.implementation is None, estimate.value


def _repeats(evidence: MachineAnalysis, estimate: Estimate) -> int:
    """Processes that the plan has for a figure: for the best of several ways, that way's own."""
    planned: dict[str, int] = {}
    for case in evidence.plan.cases:
        if isinstance(case, KernelCase) and estimate.metric in (case.metric, case.group):
            planned[case.implementation] = case.repeats
    ways = {
        e.implementation
        for e in evidence.estimates
        if e.implementation
        and (e.metric, e.value) == (estimate.metric, estimate.value)
        and estimate in (e, replace(e, implementation=None))
    }
    return max(
        (planned[way] for way in ways & set(planned)), default=max(planned.values(), default=0)
    )


def declared_capacity(
    group: NodeGroup, policy: Policy, kind: DeviceKind, compute_class: ComputeClass
) -> Converted | Unknown:
    claims = [rate for rate in group.declared if (rate.device == "cpu") is (kind != "accelerator")]
    dense = [claim for claim in claims if claim.dense]
    if claims and not dense:
        return Unknown("declared with structured sparsity only: dense rates count")

    def rate(pipe: Pipe, precision: Rated) -> ConvertibleRate | None:
        fitting = [c for c in dense if (c.pipe, c.precision) == (pipe, precision)]
        return _claimed(fitting)

    found = convert(policy, kind, compute_class, rate)
    if isinstance(found, Unknown) and any(c.precision == "unstated" for c in dense):
        return Unknown("declared without its precision: it converts to nothing")
    return found


def _claimed(claims: list[DeclaredRate]) -> ConvertibleRate | None:
    """One declared rate; claims that differ are an interval, not an average."""
    if not claims:
        return None
    rates = [claim.flop_per_s for claim in claims]
    amount = exact(rates[0]) if len(set(rates)) == 1 else Interval(min(rates), None, max(rates))
    sources = ", ".join(dict.fromkeys(claim.source for claim in claims))
    first = claims[0]
    return ConvertibleRate(
        amount, f"{first.device} {first.pipe} {first.precision} declared ({sources})"
    )
