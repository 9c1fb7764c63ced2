"""A ring through every cache line of a region, in random order in blocks, and the walk along it."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from kernels.codegen.clock import probe, stamp
from kernels.codegen.jit import compiled
from kernels.stream.loop import number

WORDS_PER_LINE = 8
"""64-bit words in a cache line; the first one holds the address of the next line of the ring."""

LINES_PER_BLOCK = 4096
"""256 KiB: a block is walked to its end before the next one, first all blocks' even lines.

The 64 small pages of a block fit the first-level TLB of current cores, so that a page's translation
serves 32 loads. In an order over everything each load far out would also pay for one, and the reach
of the TLB (8 MiB for 2048 pages of 4 KiB, which a host may use where its guest sees huge ones)
would pass for the size of a cache. multichase does the same ("TLB locality"). Prefetchers that
fetch lines in pairs bring the odd line half a lap too early.
"""

_I64 = ir.IntType(64)


@intrinsic
def _follow(typing_context: Any, address: Any) -> Any:
    """The address that is stored at an address: one load, and nothing is added to it."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], _I64.as_pointer()), align=8)

    return types.uint64(types.uint64), codegen


@compiled
def grow(words: Any, base: Any, begin: int, end: int, tails: Any, key: Any) -> None:
    """Put lines `begin` to `end` into the ring of the lines before them.

    Of each block the even lines make one run of the ring and the odd ones another. Each line goes
    behind one drawn from all of its run so far, which makes every order of a run equally likely:
    Sattolo's shuffle (Information Processing Letters 22, 1986, 315-317) from inside out. A new run
    begins behind `tails`, the last even and the last odd line of the ring; they are kept up.
    """
    for i in range(begin, end):
        odd = i % 2
        first = i // LINES_PER_BLOCK * LINES_PER_BLOCK + odd
        # Line 1 opens the odd runs, behind the even ones.
        behind = tails[odd] if i > 1 else 0
        if i > first:
            # Of 52 random bits the remainder is as good as fair.
            drawn = number(key, i) & np.uint64(0xFFFFFFFFFFFFF)
            behind = first + 2 * np.int64(drawn % np.uint64((i - first) // 2))
        here, there = np.uint64(i * WORDS_PER_LINE), np.uint64(behind * WORDS_PER_LINE)
        words[here] = words[there] if i else base
        words[there] = base + here * np.uint64(8)
        if i < 2 or behind == tails[odd]:
            tails[odd] = i


@compiled
def walk(
    base: Any, loads: int, chunk: int, work: Any, probes: Any, probe_passes: int, seen: Any
) -> None:
    """Follow the ring for `loads` loads from `base`, `chunk` at a time.

    `work` gets the ticks of each whole chunk, `probes` those of the dependent adds behind it;
    `seen` the bytes from the base to every line that was reached, summed up modulo 2**64, and
    those to the last one.
    """
    at, total = base, np.uint64(0)
    for i in range(work.size):
        begin = stamp()
        for _ in range(chunk):
            at = _follow(at)
            # Beside the chain of loads, not in it: this waits for nothing that is waited for.
            total += at - base
        work[i] = stamp() - begin
        probes[i] = probe(probe_passes)
    for _ in range(loads - work.size * chunk):
        at = _follow(at)
        total += at - base
    seen[0], seen[1] = total, at - base
