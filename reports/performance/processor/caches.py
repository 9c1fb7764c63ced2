"""The caches that a machine showed, beside those that its system claims. Pure."""

from dataclasses import dataclass

from bench.evidence import Evidence
from bench.evidence.conclusions import Estimate
from bench.evidence.inventory import Processor
from bench.planning import metric_names
from reports.performance.processor.cache_levels import Level, Size, levels

LATENCY = "cpu.cache.latency"
READ = "cpu.cache.read"
ONE_CORE = ".one_core"
CYCLES = ".cycles"
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


def cache_levels(evidence: Evidence) -> tuple[CacheLevel, ...]:
    """Levels from the latency staircase and the bandwidth ladder, innermost first.

    Latencies are one core's alone. They tell levels apart for all cores too, but what a level
    holds and how long it takes while all of them read is then not known.
    """
    found: list[CacheLevel] = []
    processor = evidence.inventory.host.processor
    every = steps(evidence)
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
                    host=evidence.inventory.host.hostname,
                    cores=cores,
                    name=MEMORY if last else f"cache {i + 1}",
                    size=level.size if alone else None,
                    streamed_size=level.streamed_size,
                    claimed_bytes=size_bytes,
                    latency_s=level.latency_s if alone else None,
                    latency_cycles=_cycles(evidence, mine, level),
                    read=level.read,
                )
            )
    return tuple(found)


def steps(evidence: Evidence) -> tuple[Step, ...]:
    """Every latency and read bandwidth by working set, rising."""
    workers = len(evidence.inventory.host.processor.workers)
    found = []
    for estimate in evidence.estimates:
        parsed = metric_names.parse_working_set(estimate.metric)
        if parsed is None:
            continue
        metric, size_bytes = parsed
        stem = metric.removesuffix(ONE_CORE)
        quantity = {LATENCY: "latency", READ: "read"}.get(stem)
        if quantity is not None:
            cores = workers if metric == stem else 1
            host = evidence.inventory.host.hostname
            found.append(Step(host, cores, quantity, size_bytes, estimate))
    return tuple(sorted(found, key=lambda s: (s.cores, s.quantity, s.set_bytes)))


def is_step(metric: str) -> bool:
    """Whether a figure is of one working set among many: shown as a curve, not in a list."""
    parsed = metric_names.parse_working_set(metric.removesuffix(CYCLES))
    return parsed is not None and parsed[0].removesuffix(ONE_CORE) in (LATENCY, READ)


def _claimed(processor: Processor, caches: int) -> tuple[int | None, ...]:
    """Sizes of one instance each, where the system has as many levels; then memory's None."""
    sizes = {c.level: c.size_bytes for c in processor.caches if c.type != "Instruction"}
    ordered = [sizes[level] for level in sorted(sizes)]
    return (*(ordered if len(ordered) == caches else [None] * caches), None)


def _cycles(evidence: Evidence, mine: list[Step], level: Level) -> float | None:
    """Cycles of the working set whose latency is the level's."""
    figures = {estimate.metric: estimate.value for estimate in evidence.estimates}
    latencies = [s.estimate for s in mine if s.quantity == "latency"]
    if level.latency_s is None or not latencies:
        return None
    latency_s = level.latency_s
    nearest = min(latencies, key=lambda e: abs(e.value - latency_s))
    return figures.get(nearest.metric + CYCLES)
