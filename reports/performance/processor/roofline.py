"""The roofline of a machine: what bounds a program, by how much it computes with each byte. Pure.

Attainable rate = min(peak, intensity x bandwidth) (Williams, Waterman and Patterson,
Communications of the ACM 52, 2009, 65-76). A ridge is where the two are equal.
"""

from dataclasses import dataclass

from bench.evidence import Evidence
from reports.performance.processor.caches import ONE_CORE, CacheLevel, cache_levels

_PRECISIONS = ("fp32", "fp64")
_STREAMS = ("read", "copy", "triad")


@dataclass(frozen=True, slots=True)
class Roof:
    """The vector peak in one precision."""

    precision: str
    flops: float
    """FLOP a second."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A bandwidth that a program may be bound by."""

    name: str
    """`cache 2`, or the stream that memory was measured with."""
    bandwidth: float
    """Bytes a second."""

    def ridge(self, roof: Roof) -> float:
        """Intensity, in FLOP a byte, from which on the roof is what bounds."""
        return roof.flops / self.bandwidth


@dataclass(frozen=True, slots=True)
class Roofline:
    """Roofs and ceilings of so many cores of one machine."""

    host: str
    cores: int
    roofs: tuple[Roof, ...]
    ceilings: tuple[Ceiling, ...]
    """Highest bandwidth first."""


def rooflines(evidence: Evidence) -> tuple[Roofline, ...]:
    """One core's and all cores', where a vector peak and a bandwidth of it were measured.

    All are rates while the cores are ours: a bound may not hang on who else was there.
    """
    figures = {estimate.metric: estimate.value for estimate in evidence.estimates}
    found = []
    ways = {1: ONE_CORE, len(evidence.inventory.host.processor.workers): ""}
    for cores, suffix in ways.items():
        roofs = tuple(
            Roof(precision, flops)
            for precision in _PRECISIONS
            if (flops := _best(figures, f"cpu.vector.{precision}{suffix}")) is not None
        )
        caches = [level for level in cache_levels(evidence) if level.cores == cores]
        ceilings = (*_of_caches(caches), *_of_memory(figures, suffix))
        if roofs and ceilings:
            ordered = tuple(sorted(ceilings, key=lambda c: -c.bandwidth))
            found.append(Roofline(evidence.inventory.host.hostname, cores, roofs, ordered))
    return tuple(found)


def _of_caches(caches: list[CacheLevel]) -> list[Ceiling]:
    return [Ceiling(level.name, level.read) for level in caches if level.read is not None]


def _of_memory(figures: dict[str, float], suffix: str) -> list[Ceiling]:
    found = [
        (f"memory.{stream}", _best(figures, f"memory.{stream}{suffix}")) for stream in _STREAMS
    ]
    return [Ceiling(name, rate) for name, rate in found if rate is not None]


def _best(figures: dict[str, float], metric: str) -> float | None:
    """The rate while the cores are ours, of the best way; without cycle counters the sustained."""
    beside = [
        value
        for name, value in figures.items()
        if name.startswith(f"{metric}.")
        and name.endswith(".capability")
        and (ONE_CORE in metric) == (ONE_CORE in name)
    ]
    return max(beside, default=figures.get(metric))
