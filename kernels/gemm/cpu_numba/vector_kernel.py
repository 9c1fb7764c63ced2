"""The register tile in vector instructions: C += A·B for a few rows and vectors, as LLVM IR.

Explicit vectors of the IR become the widest instructions of the processor, whatever width LLVM's
own vectoriser would prefer, and the accumulators stay in registers for the whole of k.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from kernels.codegen.bfloat import BFloat

I8, I32, I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


def emit(
    builder: Any,
    arguments: Any,
    kind: str,
    rows: int,
    vectors: int,
    lanes: int,
    unroll: int,
    a_stride: int,
) -> None:
    """Emit one tile: `arguments` are steps, the addresses of A, B and C, C's stride, first, ahead.

    A step is `unroll` words of every row of A, each met by `vectors` vectors of B. A word is one
    element, or for BF16 a pair that is multiplied and summed at once. `a_stride` is the distance
    between rows of A in words, C's stride is in elements. `first` overwrites C instead of adding.
    From `ahead` one line a step is brought near, for a later tile.
    """
    steps, a_address, b_address, c_address, c_stride, first, ahead = arguments
    element = ir.DoubleType() if kind == "fp64" else ir.FloatType()
    word = I32 if kind == "bf16" else element
    vector, words = ir.VectorType(element, lanes), ir.VectorType(word, lanes)
    multiply_add = _multiply_add(builder, kind, vector, lanes)
    a = builder.inttoptr(a_address, word.as_pointer())
    b = builder.inttoptr(b_address, words.as_pointer())
    c = builder.inttoptr(c_address, element.as_pointer())
    places = [
        builder.gep(c, [builder.add(builder.mul(c_stride, I64(row)), I64(v * lanes))])
        for row in range(rows)
        for v in range(vectors)
    ]
    for place in places:
        # C is met once in k_c steps, long after it left the cache: ask for it before the loop.
        prefetch(builder, builder.bitcast(place, I8.as_pointer()), write=True, locality=3)

    before = builder.block
    loop = builder.append_basic_block("tile.loop")
    builder.branch(loop)
    builder.position_at_end(loop)
    step = builder.phi(I64)
    step.add_incoming(I64(0), before)
    sums = [builder.phi(vector) for _ in places]
    for total in sums:
        total.add_incoming(ir.Constant(vector, [0.0] * lanes), before)
    current = list(sums)
    line = builder.add(ahead, builder.mul(step, I64(64)))
    prefetch(builder, builder.inttoptr(line, I8.as_pointer()), write=False, locality=2)
    at = builder.mul(step, I64(unroll))
    for u in range(unroll):
        k = builder.add(at, I64(u))
        right = [
            builder.load(
                builder.gep(b, [builder.add(builder.mul(k, I64(vectors)), I64(v))]), align=64
            )
            for v in range(vectors)
        ]
        for row in range(rows):
            place = builder.gep(a, [builder.add(k, I64(row * a_stride))])
            left = _splat(builder, builder.load(place), words)
            for v in range(vectors):
                i = row * vectors + v
                current[i] = multiply_add(left, right[v], current[i])
    after = builder.add(step, I64(1))
    step.add_incoming(after, loop)
    for total, value in zip(sums, current, strict=True):
        total.add_incoming(value, loop)
    done = builder.append_basic_block("tile.done")
    builder.cbranch(builder.icmp_unsigned("<", after, steps), loop, done)
    builder.position_at_end(done)

    pointers = [builder.bitcast(place, vector.as_pointer()) for place in places]
    size = 8 if kind == "fp64" else 4
    with builder.if_else(first) as (overwrite, add):
        with overwrite:
            for pointer, value in zip(pointers, current, strict=True):
                builder.store(value, pointer, align=size)
        with add:
            for pointer, value in zip(pointers, current, strict=True):
                builder.store(
                    builder.fadd(builder.load(pointer, align=size), value), pointer, align=size
                )


def _multiply_add(builder: Any, kind: str, vector: Any, lanes: int) -> Any:
    """A function (left, right, sum) -> sum + left·right on vectors."""
    if kind == "bf16":
        pairs = ir.VectorType(BFloat(), 2 * lanes)
        name = "llvm.x86.avx512bf16.dpbf16ps.512"
        signature = ir.FunctionType(vector, [vector, pairs, pairs])
        dot = cgutils.get_or_insert_function(builder.module, signature, name)
        return lambda left, right, total: builder.call(
            dot, [total, builder.bitcast(left, pairs), builder.bitcast(right, pairs)]
        )
    name = f"llvm.fma.v{lanes}f{64 if kind == 'fp64' else 32}"
    signature = ir.FunctionType(vector, [vector] * 3)
    fma = cgutils.get_or_insert_function(builder.module, signature, name)
    return lambda left, right, total: builder.call(fma, [left, right, total])


def prefetch(builder: Any, pointer: Any, write: bool, locality: int) -> None:
    """Ask for the line at a pointer; locality 3 is the first cache, 2 the second."""
    signature = ir.FunctionType(ir.VoidType(), [pointer.type, I32, I32, I32])
    ask = cgutils.get_or_insert_function(builder.module, signature, "llvm.prefetch.p0")
    builder.call(ask, [pointer, I32(int(write)), I32(locality), I32(1)])  # 1: data


def _splat(builder: Any, value: Any, vector: Any) -> Any:
    lanes = vector.count
    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, value, I32(0))
    zeros = ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
    return builder.shuffle_vector(one, undefined, zeros)
