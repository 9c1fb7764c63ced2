"""The measured loop: chunks of multiply-add chains, each followed by a short clock probe."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from kernels.fma import portable, vector
from kernels.ir.clock import dependent_adds, stamp
from kernels.jit import compiled


def _chunk(operands: Any, starts: Any, results: Any, passes: Any) -> None:
    """One chunk of the implementation that the shape of `operands` stands for."""


@overload(_chunk, jit_options={"fastmath": {"contract"}})
def _implementation(operands: Any, starts: Any, results: Any, passes: Any) -> Any:
    # A vector for each operand is the explicit form, one number for each the portable one.
    if operands.ndim == 1:
        return portable.multiply_add(portable.STATE_BITS // operands.dtype.bitwidth)

    def explicit(operands: Any, starts: Any, results: Any, passes: Any) -> None:
        vector.multiply_add(operands, starts, results, passes)

    return explicit


@compiled
def run(
    operands: Any,
    starts: Any,
    results: Any,
    passes: int,
    work: Any,
    probe: Any,
    probe_passes: int,
) -> int:
    """Fill `work` and `probe` with ticks; return how many words of a chunk's result differed.

    `results[0]` gets the result of the first chunk, `results[1]` that of the last one, as 64-bit
    words; every chunk does the same work, so every chunk must give the same words.
    """
    unlike = 0
    value = 1
    for i in range(work.size):
        row = min(i, 1)
        begin = stamp()
        _chunk(operands, starts, results[row], passes)
        end = stamp()
        work[i] = end - begin
        if row:
            for j in range(results.shape[1]):
                unlike += results[0, j] != results[1, j]
        if probe.size:
            before = stamp()
            start = stamp()
            for _ in range(probe_passes):
                value = dependent_adds(value)
            # Two stamps in a row are as far apart as one stamp costs: taken off again.
            probe[i] = stamp() - start - (start - before)
    return unlike
