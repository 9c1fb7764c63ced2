"""Placement of virtual cores: a cache line passed between two workers tells their distance.

Threads of one core, cores under one cache and cores under different caches answer at different
speeds, and a hypervisor moves virtual cores without telling.
"""

from collections.abc import Sequence
from typing import Protocol


class Distances(Protocol):
    """Round trips of a cache line between workers and their next neighbours."""

    def ticks(self) -> tuple[int | None, ...]:
        """Counter ticks of one round trip for each pair of neighbours; None where one was away."""
        ...

    def close(self) -> None: ...


def distances(cpus: Sequence[int]) -> Distances:
    """A probe between each two neighbours of `cpus`; takes about a millisecond a pair."""
    from kernels.placement.pingpong import PingPong

    return PingPong(cpus)
