"""The streams in chunks that the cycle counter times, and the numbers that they move."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.codegen.clock import stamp
from kernels.codegen.jit import compiled
from kernels.stream.move import move

GROUP = 8
"""Vectors a pass of the inner loop."""
_BEFORE_FRACTION = np.uint64(0x3FF0000000000000)
_FRACTION = np.uint64(0x000FFFFFFFFFFFFF)
_STEP, _MIX, _REMIX = (
    np.uint64(constant) for constant in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def build(kind: str, nontemporal: bool, lanes: int) -> Any:
    """The stream `kind`, compiled at its first call.

    It closes over numbers and names alone: by these Numba finds it on disk again.
    """
    group = GROUP * lanes
    unroll = GROUP

    @compiled
    def run(
        target: int,
        first: int,
        second: int,
        begin: int,
        end: int,
        chunk: int,
        scalar: float,
        work: Any,
    ) -> int:
        """Stream elements `begin` to `end`, `chunk` at a time; fill `work` with ticks a chunk."""
        total = 0
        for count, i in enumerate(range(begin, end, chunk)):
            left = min(chunk, end - i)
            whole = left // group * group
            before = stamp()
            a, b, c = target + 8 * i, first + 8 * i, second + 8 * i
            total ^= move(kind, nontemporal, lanes, unroll, a, b, c, whole, scalar)
            if left > whole:
                a, b, c = a + 8 * whole, b + 8 * whole, c + 8 * whole
                total ^= move(kind, False, 1, 1, a, b, c, left - whole, scalar)
            if count < work.size:
                work[count] = stamp() - before
        return total

    return run


@compiled
def number(key: Any, i: Any) -> Any:
    """Bits of the i-th number in [1, 2) of the sequence `key`: a hash of its index.

    The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): any element can be computed
    alone, so that an array is filled by many workers and checked without a copy.
    """
    z = key + (np.uint64(i) + np.uint64(1)) * _STEP
    z = (z ^ (z >> np.uint64(30))) * _MIX
    z = (z ^ (z >> np.uint64(27))) * _REMIX
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(12)) | _BEFORE_FRACTION


@compiled
def fill(words: Any, begin: int, end: int, key: Any) -> None:
    """Write numbers `begin` to `end` of the sequence `key`."""
    part = words[begin:end]
    for i in range(part.size):
        part[i] = number(key, begin + i)


@compiled
def clear(words: Any, begin: int, end: int) -> None:
    """Write zeros from `begin` to `end`."""
    part = words[begin:end]
    for i in range(part.size):
        part[i] = 0


@compiled
def fold_of(begin: int, end: int, key: Any) -> Any:
    """Exclusive or of the bits of numbers `begin` to `end`."""
    total = np.uint64(0)
    for i in range(begin, end):
        total ^= number(key, i)
    return np.int64(total)


@compiled
def deviation(values: Any, begin: int, end: int, keys: Any, shares: Any) -> float:
    """Largest |a - (shares[0] b + shares[1] c + shares[2])| of elements `begin` to `end`.

    b and c are the sequences of the two `keys`. Infinite where a is not a finite number.
    """
    worst = 0.0
    part = values[begin:end]
    for i in range(part.size):
        b = _float(number(keys[0], begin + i))
        c = _float(number(keys[1], begin + i))
        error = abs(part[i] - (b * shares[0] + c * shares[1] + shares[2]))
        # Not "error > worst": a NaN must count.
        if not (error <= worst):
            worst = error if error < np.inf else np.inf
    return worst


@compiled
def _float(bits: Any) -> float:
    return 1.0 + float(bits & _FRACTION) * 2.0**-52
