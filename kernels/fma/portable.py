"""Multiply-add chains as a plain loop that LLVM vectorises: for any CPU, and to cross-check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def portable(elements: int) -> Callable[..., Any]:
    """As `kernels.fma.vector.multiply_add`, with p and q the same for every accumulator.

    The number of accumulators is a constant of the loops, so that LLVM unrolls them and keeps all
    of them in vector registers.
    """

    def chains_of_all(
        form: Any, bits: Any, chains: Any, operands: Any, starts: Any, results: Any, passes: Any
    ) -> Any:
        a, b, c, d = operands[0], operands[1], operands[2], operands[3]
        state = results.view(operands.dtype)
        begin = starts.view(operands.dtype)
        for i in range(elements):
            state[i] = begin[i]
        for _ in range(passes):
            # Both steps in one loop: LLVM unrolls shorter bodies before it looks for vectors.
            for i in range(elements):
                state[i] = (state[i] * a + b) * c + d

    return chains_of_all
