"""The roofline of a machine: the bound on a program by its operations a byte. Pure.

Attainable rate = min(peak, intensity x bandwidth) (Williams, Waterman and Patterson,
Communications of the ACM 52, 2009, 65-76). A ridge is where the two are equal.
"""

from dataclasses import dataclass

from bench.evidence.conclusions import Statistic
from reports.performance.processor.caches import CacheLevel, cache_levels
from reports.performance.subject import Subject

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


def rooflines(subject: Subject) -> tuple[Roofline, ...]:
    """One core's and all cores', where a vector peak and a bandwidth of it were measured.

    All are rates while the cores are ours: a bound may not hang on who else was there.
    """
    found = []
    ways = {1: ".one_core", len(subject.evidence.inventory.host.processor.workers): ""}
    for cores, place in ways.items():
        roofs = tuple(
            Roof(precision, flops)
            for precision in _PRECISIONS
            if (flops := _best(subject, f"cpu.vector.{precision}{place}")) is not None
        )
        caches = [level for level in subject.once(cache_levels) if level.cores == cores]
        ceilings = (*_of_caches(caches), *_of_memory(subject, place))
        if roofs and ceilings:
            ordered = tuple(sorted(ceilings, key=lambda c: -c.bandwidth))
            found.append(Roofline(subject.host, cores, roofs, ordered))
    return tuple(found)


def _of_caches(caches: list[CacheLevel]) -> list[Ceiling]:
    return [Ceiling(level.name, level.read) for level in caches if level.read is not None]


def _of_memory(subject: Subject, place: str) -> list[Ceiling]:
    found = [(f"memory.{stream}", _best(subject, f"memory.{stream}{place}")) for stream in _STREAMS]
    return [Ceiling(name, rate) for name, rate in found if rate is not None]


def _best(subject: Subject, metric: str) -> float | None:
    """The rate while the cores are ours, of the best way; without cycle counters the sustained."""
    capable = [
        estimate.value
        for estimate in subject.evidence.estimates
        if estimate.metric == metric and estimate.statistic is Statistic.CAPABILITY
    ]
    sustained = subject.figure(metric)
    return max(capable, default=None if sustained is None else sustained.value)
