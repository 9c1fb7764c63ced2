"""The instructions of the CUDA chains: packed into PTX for a GPU, or in Python for the simulator.

They are inline PTX, because the compiler may neither fold nor split them, and because numba-cuda
compiles its own `fp16.hfma` to a call of an external function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numba import config

from kernels.codegen import cuda_compiler

CHAINS = 8
"""Accumulators of a thread. With 4 warps a scheduler 32 independent steps: latencies are 4 to 8."""
PASSES = 32
"""Passes in one `advance`: 512 instructions, so that the loop around them costs below 1 %."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One multiply-add of one thread, rounded once."""

    ptx: str
    register: str
    """Constraint letter of inline PTX."""
    carrier: str
    """NumPy's name of what a register holds."""
    lanes: int
    """Numbers in one register."""


INSTRUCTIONS = {
    ("numba-cuda", "fp64"): Instruction("fma.rn.f64", "d", "float64", 1),
    ("numba-cuda", "fp32"): Instruction("fma.rn.f32", "f", "float32", 1),
    ("numba-cuda", "fp16"): Instruction("fma.rn.f16x2", "r", "uint32", 2),
    ("numba-cuda-f32x2", "fp32"): Instruction("fma.rn.f32x2", "l", "uint64", 2),
}
"""By implementation and precision."""
_BY_CARRIER = {instruction.carrier: instruction for instruction in INSTRUCTIONS.values()}
_LANES = {"uint32": "float16", "uint64": "float32"}
"""What lies in a register of two numbers."""


def loop_text(ptx: str) -> str:
    """The loop as PTX: operands 0 to 7 are the chains, after their tied inputs a, b, c, d, rounds.

    The loop is part of the text, so that no version of the compiler unrolls it further.
    """
    a, b, c, d, rounds = (f"${2 * CHAINS + i}" for i in range(5))
    one_pass = [
        f"{ptx} ${chain}, ${chain}, {factor}, {addend};"
        for factor, addend in ((a, b), (c, d))
        for chain in range(CHAINS)
    ]
    return "\n".join(
        [
            "{ .reg .pred again; .reg .s32 left;",
            f"mov.s32 left, {rounds};",
            "ROUND:",
            *one_pass * PASSES,
            "add.s32 left, left, -1;",
            "setp.gt.s32 again, left, 0;",
            "@again bra ROUND; }",
        ]
    )


def _on_device() -> tuple[Any, Any]:
    cuda_compiler.load()
    from llvmlite import ir
    from numba.cuda import types
    from numba.cuda.extending import intrinsic

    kinds = {
        "float64": ir.DoubleType(), "float32": ir.FloatType(),
        "uint32": ir.IntType(32), "uint64": ir.IntType(64),
    }  # fmt: skip

    @intrinsic
    def advance(typing_context: Any, x: Any, a: Any, b: Any, c: Any, d: Any, rounds: Any) -> Any:
        """`rounds` times `PASSES` passes of x <- a x + b, x <- c x + d on each chain of x."""
        instruction = _BY_CARRIER[str(a)]
        kind, register = kinds[instruction.carrier], instruction.register
        values = ir.LiteralStructType([kind] * CHAINS)
        tied = [str(chain) for chain in range(CHAINS)]
        constraints = [f"=&{register}"] * CHAINS + tied + [register] * 4 + ["r"]

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            chains, *operands, turns = arguments
            before = [builder.extract_value(chains, chain) for chain in range(CHAINS)]
            loop = ir.InlineAsm(
                ir.FunctionType(values, [kind] * (CHAINS + 4) + [ir.IntType(32)]),
                loop_text(instruction.ptx),
                ",".join(constraints),
                side_effect=False,
            )
            after = builder.call(loop, [*before, *operands, turns])
            results = [builder.extract_value(after, chain) for chain in range(CHAINS)]
            return context.make_tuple(builder, signature.return_type, results)

        chains = types.UniTuple(a, CHAINS)
        return chains(chains, a, a, a, a, types.int32), codegen

    @intrinsic
    def stamp(typing_context: Any) -> Any:
        """The cycle counter of this multiprocessor."""

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            read = ir.FunctionType(ir.IntType(64), [])
            return builder.call(
                ir.InlineAsm(read, "mov.u64 $0, %clock64;", "=l", side_effect=True), []
            )

        return types.int64(), codegen

    return advance, stamp


def _simulated() -> tuple[Callable[..., Any], Callable[..., Any]]:
    counter = count()

    def advance(x: Any, a: Any, b: Any, c: Any, d: Any, rounds: Any) -> Any:
        for _ in range(rounds * PASSES):
            for factor, addend in ((a, b), (c, d)):
                x = tuple(_rounded_once(value, factor, addend) for value in x)
        return x

    return advance, lambda: next(counter)


def _rounded_once(x: Any, factor: Any, addend: Any) -> Any:
    """x * factor + addend of one register; exact before it is rounded, up to binary32."""
    if (lane := _LANES.get(str(x.dtype))) is not None:
        parts = [np.array([v]).view(lane).astype(float) for v in (x, factor, addend)]
        return (parts[0] * parts[1] + parts[2]).astype(lane).view(x.dtype)[0]
    return x.dtype.type(float(x) * float(factor) + float(addend))


advance, stamp = _simulated() if config.ENABLE_CUDASIM else _on_device()
