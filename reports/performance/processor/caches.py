"""Measured caches of a machine, beside those that its system claims. Pure."""

from dataclasses import dataclass

from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.inventory import Processor
from bench.evidence.plan import CPU, KernelCase
from reports.performance.processor.cache_levels import Level, Size, levels
from reports.performance.subject import Subject

QUANTITIES = {"chase": "latency", "ladder": "read"}
"""What the kernels that go over several working sets measure."""
MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class CacheLevel:
    """One level of one machine, as its cores see it."""

    host: str
    cores: int
    """How many read at the same time, each in a working set of its own."""
    name: str
    """`cache 1` is the innermost; `memory` is what lies behind the last."""
    size: Size | None
    """By latency, of one core's working set; None for memory, or where none was measured."""
    streamed_size: Size | None
    """By bandwidth."""
    claimed_bytes: int | None
    """What the system says; None for memory, or where it counts other levels than there are."""
    latency_s: float | None
    latency_cycles: float | None
    read: float | None
    """Bytes a second of all these cores together."""


@dataclass(frozen=True, slots=True)
class Step:
    """One working set of one machine."""

    host: str
    cores: int
    quantity: str
    """`latency` or `read`."""
    set_bytes: int
    estimate: Estimate


def cache_levels(subject: Subject) -> tuple[CacheLevel, ...]:
    """Levels from the latency staircase and the bandwidth ladder, innermost first.

    Latencies are one core's alone. They tell levels apart for all cores too, but what a level
    holds and how long it takes while all of them read is then not known.
    """
    found: list[CacheLevel] = []
    processor = subject.evidence.inventory.host.processor
    every = subject.once(steps)
    latencies = {s.set_bytes: s.estimate.value for s in every if s.quantity == "latency"}
    for cores in sorted({step.cores for step in every}):
        mine = [step for step in every if step.cores == cores]
        alone = any(step.quantity == "latency" for step in mine)
        reads = {s.set_bytes: s.estimate.value for s in mine if s.quantity == "read"}
        shown = levels(latencies, reads)
        claimed = _claimed(processor, len(shown) - 1)
        for i, (level, size_bytes) in enumerate(zip(shown, claimed, strict=True)):
            last = level is shown[-1]
            found.append(
                CacheLevel(
                    host=subject.host,
                    cores=cores,
                    name=MEMORY if last else f"cache {i + 1}",
                    size=level.size if alone else None,
                    streamed_size=level.streamed_size,
                    claimed_bytes=size_bytes,
                    latency_s=level.latency_s if alone else None,
                    latency_cycles=_cycles(subject, mine, level),
                    read=level.read,
                )
            )
    return tuple(found)


def steps(subject: Subject) -> tuple[Step, ...]:
    """Every latency and read bandwidth by working set, rising."""
    cases = {
        case.metric: case
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase) and case.device == CPU and case.kernel in QUANTITIES
    }
    found = []
    for estimate in subject.evidence.estimates:
        case, size_bytes = cases.get(estimate.metric), estimate.working_set_bytes
        if case is None or size_bytes is None or estimate.statistic is not Statistic.VALUE:
            continue
        quantity = QUANTITIES[case.kernel]
        found.append(Step(subject.host, len(case.cpus), quantity, size_bytes, estimate))
    return tuple(sorted(found, key=lambda s: (s.cores, s.quantity, s.set_bytes)))


def is_step(estimate: Estimate) -> bool:
    """Whether a figure is of one working set among many: shown as a curve, not in a list."""
    return estimate.working_set_bytes is not None


def _claimed(processor: Processor, caches: int) -> tuple[int | None, ...]:
    """Sizes of one instance each, where the system has as many levels; then memory's None."""
    sizes = {c.level: c.size_bytes for c in processor.caches if c.type != "Instruction"}
    ordered = [sizes[level] for level in sorted(sizes)]
    return (*(ordered if len(ordered) == caches else [None] * caches), None)


def _cycles(subject: Subject, mine: list[Step], level: Level) -> float | None:
    """Cycles of the working set whose latency is the level's."""
    latencies = [s.estimate for s in mine if s.quantity == "latency"]
    if level.latency_s is None or not latencies:
        return None
    latency_s = level.latency_s
    nearest = min(latencies, key=lambda e: abs(e.value - latency_s))
    asked = (*nearest.subject, nearest.working_set_bytes)
    return next(
        (
            estimate.value
            for estimate in subject.evidence.estimates
            if estimate.statistic is Statistic.CYCLES
            and (*estimate.subject, estimate.working_set_bytes) == asked
        ),
        None,
    )
