"""Multiply-add chains as a plain loop that LLVM vectorises: for any CPU, and to cross-check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernels.isa import target_features

STATE_BITS = 12 * (512 if "avx512f" in target_features() else 256)
"""All accumulators: 12 of AVX-512's or AVX2's registers, 24 of a 128-bit set of 32."""


def multiply_add(elements: int) -> Callable[[Any, Any, Any, Any], None]:
    """As `kernels.fma.vector.multiply_add`, with p and q the same for every accumulator.

    The number of accumulators is a constant of the loops, so that LLVM unrolls them and keeps all
    of them in vector registers.
    """

    def chains(operands: Any, starts: Any, results: Any, passes: Any) -> None:
        a, b, c, d = operands[0], operands[1], operands[2], operands[3]
        state = results.view(operands.dtype)
        begin = starts.view(operands.dtype)
        for i in range(elements):
            state[i] = begin[i]
        for _ in range(passes):
            for i in range(elements):
                state[i] = state[i] * a + b
            for i in range(elements):
                state[i] = state[i] * c + d

    return chains
