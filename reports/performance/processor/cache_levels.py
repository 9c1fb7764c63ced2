"""Cache levels by measurement: sizes from where latency or bandwidth changes.

Pure, and with no hierarchy in mind: a series has as many levels as it has plateaus. A cache that
is shared, or given in part to a virtual machine, shows what of it there was for us.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

WITHIN = 1.3
"""Sets whose times lie within this factor of a level's are on it: shared caches drift so far."""
BLUR = 1.15
"""Times this factor apart do not add to each other's density."""
RISE = 1.5
"""A level is slower than the last by this factor at least."""
MIN_SPAN = 1.5
"""Largest over smallest set of a level: what is shorter is a step on a ramp, or a disturbance."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """Working sets that cost the same."""

    cost: float
    """Median time of an access."""
    sets: tuple[int, ...]
    """Sizes on the plateau, in bytes, rising."""
    outgrown_bytes: int | None
    """Smallest set that misses at least half the time; None for the last plateau."""

    @property
    def holds_bytes(self) -> int:
        """Largest set that still costs the same."""
        return self.sets[-1]


@dataclass(frozen=True, slots=True)
class Size:
    """Effective size of a cache: between what it holds and what outgrows it."""

    holds_bytes: int
    outgrown_bytes: int


@dataclass(frozen=True, slots=True)
class Level:
    """A cache, or the memory behind the last one."""

    size: Size | None
    """By latency: of a chain of loads, each line of which comes by after long; None for memory."""
    streamed_size: Size | None
    """By bandwidth: larger where others evict our lines, for a stream is back at them sooner."""
    latency_s: float | None
    read: float | None
    """Bytes a second."""


def plateaus(costs: Mapping[int, float]) -> tuple[Plateau, ...]:
    """Plateaus of a time by working set, innermost first; empty for no working set.

    A larger set is never faster, so that dips are noise: the times are made monotone first, by
    pooling neighbours (Ayer et al., Annals of Mathematical Statistics 26, 1955, 641-647). Where
    many sets cost nearly the same, the density of the times (in logarithms, a set weighted by the
    octaves it stands for) has a mode: that is a level.
    """
    sizes = sorted(costs)
    logs = _monotone([math.log(costs[size]) for size in sizes])
    modes = _modes(logs, [math.log(size) for size in sizes])
    runs = []
    for mode in modes:
        near = [i for i, log in enumerate(logs) if abs(log - mode) <= math.log(WITHIN)]
        runs.append([i for i in near if min(modes, key=lambda m: abs(logs[i] - m)) == mode])
    # What the largest set is on goes on beyond it: two sets are enough.
    runs = [
        run
        for run in runs
        if sizes[run[-1]] >= MIN_SPAN * sizes[run[0]]
        or (len(run) > 1 and sizes[run[-1]] == sizes[-1])
    ]
    runs = runs or ([list(range(len(sizes)))] if sizes else [])
    return tuple(
        Plateau(_cost(costs, sizes, run), tuple(sizes[i] for i in run), outgrown)
        for run, outgrown in zip(runs, _outgrown(costs, sizes, logs, runs), strict=True)
    )


def levels(latency_s: Mapping[int, float], read: Mapping[int, float]) -> tuple[Level, ...]:
    """Caches and memory from latencies and read bandwidths by working set; one may be empty.

    Latencies say where a level is, and the bandwidth of a cache is that of its sets. Memory's is
    that of the last plateau of the bandwidth, or of the largest set where a cache has that plateau.
    """
    costs = {size: 1 / rate for size, rate in read.items()}
    streamed = plateaus(costs)
    walked = plateaus(latency_s)
    if not walked:
        return tuple(Level(None, _size(s), None, 1 / s.cost) for s in streamed)
    shared = [_shared(walk, streamed) for walk in walked[:-1]]
    # Of two caches on one plateau the outer one gave it its end.
    ends = [s if s is not t else None for s, t in pairwise([*shared, None])]
    caches = [
        Level(_size(walk), _size(end), walk.cost, _read(read, walk, stream))
        for walk, end, stream in zip(walked[:-1], ends, shared, strict=True)
    ]
    from_memory = None
    if streamed:
        own = streamed[-1] not in shared
        from_memory = 1 / streamed[-1].cost if own else read[max(read)]
    return (*caches, Level(None, None, walked[-1].cost, from_memory))


def _shared(walk: Plateau, streamed: Sequence[Plateau]) -> Plateau | None:
    """The plateau that has most sets in common with this one."""
    common = [len(set(walk.sets) & set(other.sets)) for other in streamed]
    return streamed[common.index(max(common))] if any(common) else None


def _read(read: Mapping[int, float], walk: Plateau, stream: Plateau | None) -> float | None:
    """Of the sets on both plateaus, for one may still rise where the other is flat; or of all."""
    both = {*walk.sets} & {*stream.sets} if stream is not None else {*walk.sets} & {*read}
    return median(read[size] for size in both) if both else None


def _size(plateau: Plateau | None) -> Size | None:
    if plateau is None or plateau.outgrown_bytes is None:
        return None
    return Size(plateau.holds_bytes, plateau.outgrown_bytes)


def _cost(costs: Mapping[int, float], sizes: Sequence[int], run: Sequence[int]) -> float:
    return median(costs[sizes[i]] for i in run)


def _outgrown(
    costs: Mapping[int, float],
    sizes: Sequence[int],
    logs: Sequence[float],
    runs: Sequence[Sequence[int]],
) -> list[int | None]:
    """Behind each run the first set whose time is halfway to the next run's; None for the last."""
    found: list[int | None] = []
    for run, after in pairwise(runs):
        half = (_cost(costs, sizes, run) + _cost(costs, sizes, after)) / 2
        reached = (i for i in range(run[-1] + 1, len(sizes)) if logs[i] >= math.log(half))
        found.append(sizes[next(reached, after[0])])
    return [*found, None][: len(runs)]


def _modes(logs: Sequence[float], log_sizes: Sequence[float]) -> list[float]:
    """Rising values where the density peaks, with valleys below half of the peaks between them."""
    ends = [log_sizes[0], *map(_mean, pairwise(log_sizes)), log_sizes[-1]] if log_sizes else []
    weights = [after - before for before, after in pairwise(ends)]

    def density(at: float) -> float:
        shares = (1 - abs(log - at) / math.log(BLUR) for log in logs)
        return sum(max(0.0, share) * weight for share, weight in zip(shares, weights, strict=True))

    found: list[float] = []
    lowest = math.inf
    for before, log in pairwise([-math.inf, *logs]):
        lowest = min(lowest, density((before + log) / 2))
        here = density(log)
        if not found:
            found.append(log)
        elif lowest < min(here, density(found[-1])) / 2 and log - found[-1] >= math.log(RISE):
            found.append(log)
            lowest = here
        elif here > density(found[-1]):
            found[-1] = log
            lowest = here
    return found


def _mean(pair: tuple[float, float]) -> float:
    return (pair[0] + pair[1]) / 2


def _monotone(values: Sequence[float]) -> list[float]:
    """The nearest series, by squares, that never falls."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while blocks and blocks[-1][0] >= mean:
            last, size = blocks.pop()
            mean, count = (last * size + mean * count) / (size + count), size + count
        blocks.append((mean, count))
    return [mean for mean, count in blocks for _ in range(count)]
