"""Multiply-add chains as explicit vector IR: all accumulators and operands stay in registers.

Explicit, because LLVM prefers 256-bit vectors on Intel CPUs whatever their units can do, and
because scalar code with that many accumulators is not vectorised reliably.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from kernels.fma.formats import FORMATS, Format, Pipe
from kernels.isa import NotNative, target_features

_I64 = ir.IntType(64)


class _BFloat(ir.Type):
    """bfloat16, which llvmlite has no name for."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _BFloat)

    def __hash__(self) -> int:
        return hash(_BFloat)


_SCALARS: dict[str, ir.Type] = {
    "float64": ir.DoubleType(),
    "float32": ir.FloatType(),
    "float16": ir.HalfType(),
    "int32": ir.IntType(32),
}


def instruction(form: Format, pipe: Pipe) -> tuple[str, ir.Type, ir.Type]:
    """LLVM's intrinsic for one multiply-add, its accumulator's type and its operands' type."""
    scalar = _SCALARS[form.accumulator]
    lanes = pipe.bits // form.accumulator_bits
    accumulator = ir.VectorType(scalar, lanes)
    match form.name:
        case "bf16":
            name = f"llvm.x86.avx512bf16.dpbf16ps.{pipe.bits}"
            return name, accumulator, ir.VectorType(_BFloat(), 2 * lanes)
        case "int8":
            return f"llvm.x86.avx512.vpdpbusd.{pipe.bits}", accumulator, accumulator
        case _:
            return f"llvm.fma.v{lanes}f{form.accumulator_bits}", accumulator, accumulator


@intrinsic
def multiply_add(typing_context: Any, operands: Any, starts: Any, results: Any, passes: Any) -> Any:
    """Bring every chain from `starts` to `results` in `passes` passes of two steps.

    A step is x <- x * p + q for a floating format, and x <- x + p . q (dot product of `products`
    pairs) for bf16 and int8. `operands` holds p and q of the first step, then of the second; its
    element type names the format. `starts` and `results` hold one vector a chain.
    """
    form = next(f for f in FORMATS.values() if f.carrier == str(operands.dtype))
    pipe = form.pipe(target_features())
    if pipe is None:
        raise NotNative(f"{form.name} arithmetic is not native on the compiler's target")
    name, accumulator, operand = instruction(form, pipe)
    size = pipe.bits // 8

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        step = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(accumulator, [accumulator, operand, operand]), name
        )
        bases = [
            builder.ptrtoint(context.make_array(t)(context, builder, value=a).data, _I64)
            for t, a in zip(signature.args[:3], arguments[:3], strict=True)
        ]

        def place(array: int, index: int, kind: ir.Type) -> Any:
            address = builder.add(bases[array], _I64(index * size))
            return builder.inttoptr(address, kind.as_pointer())

        held = [builder.load(place(0, i, operand), align=size) for i in range(4)]
        first = [builder.load(place(1, i, accumulator), align=size) for i in range(pipe.chains)]
        before = builder.block
        loop = builder.append_basic_block("chains")
        after = builder.append_basic_block("chains.end")
        builder.branch(loop)
        builder.position_at_end(loop)
        count = builder.phi(_I64)
        chains = [builder.phi(accumulator) for _ in first]
        values = list(chains)
        for p, q in (held[:2], held[2:]):
            values = [builder.call(step, [value, p, q]) for value in values]
        following = builder.add(count, _I64(1))
        count.add_incoming(_I64(0), before)
        count.add_incoming(following, loop)
        for chain, start, value in zip(chains, first, values, strict=True):
            chain.add_incoming(start, before)
            chain.add_incoming(value, loop)
        builder.cbranch(builder.icmp_signed("<", following, arguments[3]), loop, after)
        builder.position_at_end(after)
        for i, value in enumerate(values):
            builder.store(value, place(2, i, accumulator), align=size)
        return context.get_dummy_value()

    return types.void(operands, starts, results, types.int64), codegen

    return int(name.lstrip("floatint")) // 8
