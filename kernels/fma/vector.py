"""Multiply-add chains as explicit vector IR: all accumulators and operands stay in registers.

Explicit, because LLVM prefers 256-bit vectors on Intel CPUs whatever their units can do, and
because scalar code with that many accumulators is not vectorised reliably.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from kernels.codegen.bfloat import BFloat
from kernels.fma.formats import FORMATS, Format

_I64 = ir.IntType(64)


_SCALARS = {
    "float64": ir.DoubleType(),
    "float32": ir.FloatType(),
    "float16": ir.HalfType(),
    "int32": ir.IntType(32),
}


def instruction(form: Format, bits: int) -> tuple[str, Any, Any]:
    """LLVM's name for one multiply-add, its accumulator's type and its operands' type."""
    lanes = bits // form.accumulator_bits
    accumulator = ir.VectorType(_SCALARS[form.accumulator], lanes)
    match form.name:
        case "bf16":
            operand = ir.VectorType(BFloat(), 2 * lanes)
            return f"llvm.x86.avx512bf16.dpbf16ps.{bits}", accumulator, operand
        case "int8":
            return f"llvm.x86.avx512.vpdpbusd.{bits}", accumulator, accumulator
        case _:
            return f"llvm.fma.v{lanes}f{form.accumulator_bits}", accumulator, accumulator


def _as_written(module: ir.Module) -> ir.MDValue:
    """Metadata of a loop that is not unrolled: for some CPUs LLVM would double its body."""
    fixed = module.add_metadata([ir.MetaDataString(module, "llvm.loop.unroll.disable")])
    loop = ir.MDValue(module, [fixed], name=str(len(module.metadata)))
    loop.operands = (loop, fixed)  # an identity of its own: LLVM asks for a node that names itself
    return loop


@intrinsic(prefer_literal=True)
def multiply_add(
    typing_context: Any,
    form: Any,
    bits: Any,
    chains: Any,
    operands: Any,
    starts: Any,
    results: Any,
    passes: Any,
) -> Any:
    """Bring `chains` accumulators from `starts` to `results` in `passes` passes of two steps.

    A step is x <- x * p + q for a floating format, and x <- x + p . q (dot product of `products`
    pairs) for bf16 and int8. `operands` holds p and q of the first step, then of the second. The
    format's name, a vector's bits and the number of chains are constants of the caller; the arrays
    are aligned to a vector, whatever their element type.
    """
    name, accumulator, operand = instruction(FORMATS[form.literal_value], bits.literal_value)
    size, chain_count = bits.literal_value // 8, chains.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        step = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(accumulator, [accumulator, operand, operand]), name
        )
        bases = [
            builder.ptrtoint(context.make_array(t)(context, builder, value=a).data, _I64)
            for t, a in zip(signature.args[3:6], arguments[3:6], strict=True)
        ]

        def place(array: int, index: int, kind: ir.Type) -> Any:
            address = builder.add(bases[array], _I64(index * size))
            return builder.inttoptr(address, kind.as_pointer())

        held = [builder.load(place(0, i, operand), align=size) for i in range(4)]
        first = [builder.load(place(1, i, accumulator), align=size) for i in range(chain_count)]
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
        again = builder.icmp_signed("<", following, arguments[6])
        builder.cbranch(again, loop, after).set_metadata("llvm.loop", _as_written(builder.module))
        builder.position_at_end(after)
        for i, value in enumerate(values):
            builder.store(value, place(2, i, accumulator), align=size)
        return context.get_dummy_value()

    arguments = (form, bits, chains, operands, starts, results, types.int64)
    return types.void(*arguments), codegen
