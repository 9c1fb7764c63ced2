"""Loads and stores of a stream as explicit vector IR, with temporal or non-temporal stores."""

from __future__ import annotations

from functools import reduce
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_I32, _I64, _F64 = ir.IntType(32), ir.IntType(64), ir.DoubleType()


@intrinsic(prefer_literal=True)
def move(
    typing_context: Any,
    kind: Any,
    nontemporal: Any,
    lanes: Any,
    unroll: Any,
    target: Any,
    first: Any,
    second: Any,
    elements: Any,
    scalar: Any,
) -> Any:
    """Stream `elements` numbers, a multiple of `lanes` times `unroll`, between three addresses.

    The first four arguments are constants of the caller. Addresses are aligned to a vector.
    Returns the exclusive or of all numbers' bits for `read`, 0 otherwise. Non-temporal stores are
    complete when this returns.
    """
    stream, width, group = kind.literal_value, lanes.literal_value, unroll.literal_value
    bypass = nontemporal.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, one, two, count, factor = arguments[4:]
        floats, words = ir.VectorType(_F64, width), ir.VectorType(_I64, width)
        fma = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(floats, [floats] * 3), f"llvm.fma.v{width}f64"
        )
        mark = builder.module.add_metadata([_I32(1)])
        lane = builder.insert_element(ir.Constant(floats, ir.Undefined), factor, _I32(0))
        factors = builder.shuffle_vector(
            lane,
            ir.Constant(floats, ir.Undefined),
            ir.Constant(ir.VectorType(_I32, width), [0] * width),
        )
        before = builder.block
        loop = builder.append_basic_block("stream")
        after = builder.append_basic_block("stream.end")
        builder.cbranch(builder.icmp_signed("<", _I64(0), count), loop, after)
        builder.position_at_end(loop)
        index = builder.phi(_I64)
        folds = [builder.phi(words) for _ in range(max(1, group // 2))]

        def place(base: Any, i: int, vector: ir.Type) -> Any:
            offset = builder.mul(builder.add(index, _I64(i * width)), _I64(8))
            return builder.inttoptr(builder.add(base, offset), vector.as_pointer())

        def load(base: Any, i: int, vector: ir.Type = floats) -> Any:
            return builder.load(place(base, i, vector), align=8 * width)

        def value(i: int) -> Any:
            match stream:
                case "write":
                    return factors
                case "copy":
                    return load(one, i)
                case _:
                    return builder.call(fma, [load(two, i), factors, load(one, i)])

        following_folds = list(folds)
        if stream == "read":
            # In pairs: of three operands AVX-512 makes one instruction, so that loads alone limit.
            for i in range(0, group, 2):
                pair = [load(one, j, words) for j in range(i, min(i + 2, group))]
                following_folds[i // 2] = builder.xor(folds[i // 2], reduce(builder.xor, pair))
        else:
            # All loads of a group before its stores: the compiler cannot prove them apart.
            for i, v in enumerate([value(i) for i in range(group)]):
                store = builder.store(v, place(to, i, floats), align=8 * width)
                if bypass:
                    store.set_metadata("nontemporal", mark)
        following = builder.add(index, _I64(group * width))
        index.add_incoming(_I64(0), before)
        index.add_incoming(following, loop)
        zero = ir.Constant(words, [0] * width)
        for fold, following_fold in zip(folds, following_folds, strict=True):
            fold.add_incoming(zero, before)
            fold.add_incoming(following_fold, loop)
        builder.cbranch(builder.icmp_signed("<", following, count), loop, after)
        builder.position_at_end(after)
        totals = [builder.phi(words) for _ in folds]
        for total, following_fold in zip(totals, following_folds, strict=True):
            total.add_incoming(zero, before)
            total.add_incoming(following_fold, loop)
        if bypass:
            builder.fence("seq_cst")
        vector = reduce(builder.xor, totals)
        return reduce(builder.xor, [builder.extract_element(vector, _I32(i)) for i in range(width)])

    integers = (types.int64,) * 4
    arguments = (kind, nontemporal, lanes, unroll, *integers, types.float64)
    return types.int64(*arguments), codegen
