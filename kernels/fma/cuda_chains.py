"""Multiply-add chains on a CUDA device: every thread keeps its own in registers."""

from __future__ import annotations

from typing import Any

from numba import cuda

from kernels.fma.cuda_steps import CHAINS, advance, stamp


def chains(
    operands: Any, starts: Any, results: Any, unlike: Any, ticks: Any, rounds: int, first: int
) -> None:
    """Run `ticks.shape[1]` equal chunks of `rounds` times `PASSES` passes in every thread.

    Every block does the same work: `operands` and `starts` have one column a thread of a block.
    `results[block]` gets the first chunk's result if this is the `first` launch; of every other
    chunk the registers that differ from it are counted in `unlike[block, thread]`.
    `ticks[block, chunk]` are the cycles that the whole block took.
    """
    thread, block = cuda.threadIdx.x, cuda.blockIdx.x
    a, b, c, d = operands[0, thread], operands[1, thread], operands[2, thread], operands[3, thread]
    differing = 0
    for chunk in range(ticks.shape[1]):
        x = (
            starts[0, thread], starts[1, thread], starts[2, thread], starts[3, thread],
            starts[4, thread], starts[5, thread], starts[6, thread], starts[7, thread],
        )  # fmt: skip
        cuda.syncthreads()
        begin = stamp()
        x = advance(x, a, b, c, d, rounds)
        for chain in range(CHAINS):
            if first and chunk == 0:
                results[block, chain, thread] = x[chain]
            elif results[block, chain, thread] != x[chain]:
                differing += 1
        # The slowest warp ends the chunk.
        cuda.syncthreads()
        if thread == 0:
            ticks[block, chunk] = stamp() - begin
    unlike[block, thread] += differing
