"""The measured loop: chunks of multiply-add chains, with short clock probes between them."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from kernels.codegen.clock import probe, stamp
from kernels.codegen.jit import compiled
from kernels.fma.portable import portable
from kernels.fma.vector import multiply_add

PORTABLE = 0
"""Instead of a vector's bits: let LLVM choose."""


def build(form: str, bits: int, chains: int) -> Any:
    """The loop for vectors of `bits`, or for `chains` numbers where `bits` is PORTABLE.

    It closes over numbers and names alone: by these Numba finds it on disk again.
    """

    @compiled
    def run(
        operands: Any,
        starts: Any,
        results: Any,
        passes: int,
        work: Any,
        probes: Any,
        probe_passes: int,
        chunks_per_probe: int,
    ) -> int:
        """Fill `work` and `probes` with ticks; return how many words of a result differed.

        `results[0]` gets the result of the first chunk, `results[1]` that of the last one, as
        64-bit words: every chunk does the same work, so every chunk must give the same words.
        """
        unlike = 0
        for i in range(work.size):
            row = min(i, 1)
            begin = stamp()
            _chunk(form, bits, chains, operands, starts, results[row], passes)
            end = stamp()
            work[i] = end - begin
            if row:
                for j in range(results.shape[1]):
                    unlike += results[0, j] != results[1, j]
            if probes.size and i % chunks_per_probe == 0:
                probes[i // chunks_per_probe] = probe(probe_passes)
        return unlike

    return run


def _chunk(*arguments: Any) -> None:
    """One chunk; what it is compiled to follows from its first two arguments, constants."""


@overload(_chunk, prefer_literal=True, jit_options={"fastmath": {"contract"}})
def _implementation(
    form: Any, bits: Any, chains: Any, operands: Any, starts: Any, results: Any, passes: Any
) -> Any:
    return portable(chains.literal_value) if bits.literal_value == PORTABLE else _explicit


def _explicit(
    form: Any, bits: Any, chains: Any, operands: Any, starts: Any, results: Any, passes: Any
) -> Any:
    multiply_add(form, bits, chains, operands, starts, results, passes)
