"""The register tile in AMX: C += A·B for 32 x 32 elements in BF16, as LLVM IR."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from kernels.gemm.cpu_numba.vector_kernel import prefetch

I8, I64 = ir.IntType(8), ir.IntType(64)
VOID = ir.VoidType()

# Intel SDM vol. 1, 18: a tile has 16 rows of 64 bytes. Tiles 0-3 sum, 4-5 hold A, 6-7 hold B.
SIDE, ROW_BYTES, WORD_BYTES = 16, 64, 4
LINES_AHEAD = 4
_CONFIGURATION = (
    bytes([1])  # palette 1
    + bytes(15)
    + b"".join(ROW_BYTES.to_bytes(2, "little") for _ in range(8))
    + bytes(16)
    + bytes([SIDE] * 8)
    + bytes(8)
)


def emit_configure(builder: Any) -> None:
    """Open the tiles of the calling thread, all of 16 rows of 64 bytes."""
    layout = ir.Constant(ir.ArrayType(I8, len(_CONFIGURATION)), bytearray(_CONFIGURATION))
    constant = cgutils.global_constant(builder, "amx.configuration", layout)
    _call(builder, "llvm.x86.ldtilecfg", [builder.bitcast(constant, I8.as_pointer())])


def emit_release(builder: Any) -> None:
    """Give the tiles of the calling thread up, so that its state is small again."""
    _call(builder, "llvm.x86.tilerelease", [])


def emit(builder: Any, arguments: Any, a_stride: int) -> None:
    """Emit one tile of 32 x 32; a step is 32 values of k, as 16 pairs.

    A: 32 rows of BF16, `a_stride` bytes apart. B: two tile registers of 1 KiB a step. C: FP32.
    `arguments` are steps, the addresses of A, B and C, C's stride in elements, first, ahead.
    `first` overwrites C instead of adding. Each step brings `LINES_AHEAD` lines from `ahead` near.
    """
    steps, a_address, b_address, c_address, c_stride, first, ahead = arguments
    pointer = I8.as_pointer()
    row_bytes = builder.mul(c_stride, I64(4))
    places = [
        builder.inttoptr(
            builder.add(
                builder.add(c_address, builder.mul(row_bytes, I64(SIDE * (tile // 2)))),
                I64(ROW_BYTES * (tile % 2)),
            ),
            pointer,
        )
        for tile in range(4)
    ]
    with builder.if_else(first) as (overwrite, add):
        with overwrite:
            for tile in range(4):
                _call(builder, "llvm.x86.tilezero", [I8(tile)])
        with add:
            for tile, place in enumerate(places):
                _call(builder, "llvm.x86.tileloadd64", [I8(tile), place, row_bytes])

    before = builder.block
    loop = builder.append_basic_block("tile.loop")
    builder.branch(loop)
    builder.position_at_end(loop)
    step = builder.phi(I64)
    step.add_incoming(I64(0), before)
    for line in range(LINES_AHEAD):
        offset = builder.add(builder.mul(step, I64(64 * LINES_AHEAD)), I64(64 * line))
        place = builder.add(ahead, offset)
        prefetch(builder, builder.inttoptr(place, pointer), write=False, locality=2)
    a = builder.add(a_address, builder.mul(step, I64(ROW_BYTES)))
    b = builder.add(b_address, builder.mul(step, I64(SIDE * 2 * ROW_BYTES)))
    for side in range(2):
        left = builder.inttoptr(builder.add(a, I64(side * SIDE * a_stride)), pointer)
        right = builder.inttoptr(builder.add(b, I64(side * SIDE * ROW_BYTES)), pointer)
        _call(builder, "llvm.x86.tileloadd64", [I8(4 + side), left, I64(a_stride)])
        # With the hint that B streams past, A stays in the first cache.
        _call(builder, "llvm.x86.tileloaddt164", [I8(6 + side), right, I64(ROW_BYTES)])
    for tile in range(4):
        operands = [I8(tile), I8(4 + tile // 2), I8(6 + tile % 2)]
        _call(builder, "llvm.x86.tdpbf16ps", operands)
    after = builder.add(step, I64(1))
    step.add_incoming(after, loop)
    done = builder.append_basic_block("tile.done")
    builder.cbranch(builder.icmp_unsigned("<", after, steps), loop, done)
    builder.position_at_end(done)
    for tile, place in enumerate(places):
        _call(builder, "llvm.x86.tilestored64", [I8(tile), place, row_bytes])


def _call(builder: Any, name: str, arguments: list[Any]) -> None:
    signature = ir.FunctionType(VOID, [argument.type for argument in arguments])
    builder.call(cgutils.get_or_insert_function(builder.module, signature, name), arguments)
