"""The CPU's own clocks inside a compiled kernel: its cycle counter, and a chain of one-cycle adds.

The counter of x86-64 runs at a constant rate whatever the core's clock does (Intel SDM volume 3,
17.17). A chain of dependent adds takes one core cycle each, so it shows the core's clock in ticks.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, register_jitable

from kernels.codegen.isa import architecture

# User code may not read the cycle counter of other architectures: on AArch64 it traps.
HAS_CLOCK = architecture() == "x86_64"
ADDS_PER_PASS = 640
"""So many that a probe is a loop of few passes, whose end is foreseen: else it costs 20 cycles."""

if HAS_CLOCK:
    # Without a parser LLVM ends the process at the first inline assembly, with no exception.
    llvm.initialize_native_asmparser()

_I64 = ir.IntType(64)


@intrinsic
def stamp(typing_context: Any) -> Any:
    """Ticks of the cycle counter, read when everything before has ended and nothing after begun.

    0 where there is no counter for us.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if not HAS_CLOCK:
            return _I64(0)
        nothing = ir.FunctionType(ir.VoidType(), [])
        fence = cgutils.get_or_insert_function(builder.module, nothing, "llvm.x86.sse2.lfence")
        counter = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_I64, []), "llvm.readcyclecounter"
        )
        # The counter alone is read up to a reorder buffer (some 100 ns) too early.
        builder.call(fence, [])
        ticks = builder.call(counter, [])
        builder.call(fence, [])
        return ticks

    return types.int64(), codegen


@intrinsic
def dependent_adds(typing_context: Any, value: Any) -> Any:
    """`ADDS_PER_PASS` adds of a register to itself, each waiting for the one before.

    Register to register: an add of a constant is folded at rename by recent Intel cores.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if not HAS_CLOCK:
            return arguments[0]
        add = ir.InlineAsm(
            ir.FunctionType(_I64, [_I64]),
            "\n\t".join(["addq $0, $0"] * ADDS_PER_PASS),
            "=r,0,~{cc}",
            side_effect=True,
        )
        return builder.call(add, arguments)

    return types.int64(types.int64), codegen


@register_jitable
def probe(passes):  # type: ignore[no-untyped-def]
    """Ticks that `passes` x `ADDS_PER_PASS` core cycles take now."""
    value = 1
    before = stamp()
    start = stamp()
    for _ in range(passes):
        value = dependent_adds(value)
    # Two stamps in a row are as far apart as one stamp costs: taken off again.
    return stamp() - start - (start - before)
