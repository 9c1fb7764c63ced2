"""Sweeps over one working set in chunks that the cycle counter times."""

from __future__ import annotations

from typing import Any

from kernels.codegen.clock import stamp
from kernels.codegen.jit import compiled
from kernels.stream.loop import GROUP, fold_of
from kernels.stream.move import move

GRAIN = 64
"""Numbers that one pass of the loop takes with the widest vectors."""


@compiled
def fold_grains(folds: Any, key: Any) -> None:
    """Of the numbers of the sequence `key`, the fold of each GRAIN of them."""
    for i in range(folds.size):
        folds[i] = fold_of(i * GRAIN, (i + 1) * GRAIN, key)


def build(lanes: int) -> Any:
    """The reading loop for vectors of so many numbers, compiled at its first call.

    It closes over numbers alone: by these Numba finds it on disk again.
    """
    unroll = GROUP

    @compiled
    def run(address: int, elements: int, part: int, parts: int, sweeps: int, work: Any) -> Any:
        """Read `elements` numbers once, then fill `work` with ticks a chunk; return the sum.

        A chunk is `sweeps` sweeps over a part; `parts` parts of `part` numbers make up the set.
        Of each sweep the bits are folded by exclusive or; over sweeps these are added up, for of
        two equal ones nothing would be left. Modulo 2**64.
        """
        total = move("read", False, lanes, unroll, 0, address, 0, elements, 0.0)
        for i in range(work.size):
            begin = address + 8 * part * (i % parts)
            before = stamp()
            for _ in range(sweeps):
                total += move("read", False, lanes, unroll, 0, begin, 0, part, 0.0)
            work[i] = stamp() - before
        return total

    return run
