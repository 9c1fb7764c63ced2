"""Ping-pong: two workers pass one cache line to and fro and count the ticks it takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from kernels.codegen.clock import stamp
from kernels.codegen.jit import compiled
from kernels.runtime.memory import aligned
from kernels.runtime.team import Team

ROUNDS = 2000
"""Round trips of one probe: about 0.2 ms between neighbours, enough to average a few interrupts."""
PATIENCE = 2_000_000
"""Looks at an unchanged line, some milliseconds, after which the other is taken to be away."""

_I64 = ir.IntType(64)


@intrinsic
def _load(typing_context: Any, address: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], _I64.as_pointer())
        return builder.load_atomic(pointer, "acquire", 8)

    return types.int64(types.int64), codegen


@intrinsic
def _store(typing_context: Any, address: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], _I64.as_pointer())
        builder.store_atomic(arguments[1], pointer, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


def _bounce(line: int, rounds: int, side: int, patience: int) -> int:
    """Play `rounds` round trips from one side. Returns ticks, or -1 if the other stayed away."""
    began = stamp()
    for turn in range(rounds):
        wanted = 2 * turn + side
        looks = 0
        while _load(line) != wanted:
            looks += 1
            if looks > patience:
                return -1
        _store(line, wanted + 1)
    return stamp() - began  # type: ignore[no-any-return]


_compiled = compiled(_bounce)


class PingPong:
    """A team of its own on the same CPUs, idle between probes."""

    def __init__(self, cpus: Sequence[int]) -> None:
        self._pairs = [
            (Team((here, there)), aligned((8,), "int64")) for here, there in pairwise(cpus)
        ]
        self._ticks = np.zeros(2, np.int64)

    def ticks(self) -> tuple[int | None, ...]:
        """Counter ticks of one round trip for each pair of neighbours; None where one was away."""
        return tuple(self._probe(team, line) for team, line in self._pairs)

    def close(self) -> None:
        for team, _ in self._pairs:
            team.close()
        self._pairs = []

    def _probe(self, team: Team, line: np.ndarray[Any, Any]) -> int | None:
        line[0] = 0
        team.run(partial(self._play, line))
        spent = int(self._ticks.max())
        return None if int(self._ticks.min()) < 0 else round(spent / ROUNDS)

    def _play(self, line: np.ndarray[Any, Any], side: int) -> None:
        self._ticks[side] = _compiled(line.ctypes.data, ROUNDS, side, PATIENCE)
