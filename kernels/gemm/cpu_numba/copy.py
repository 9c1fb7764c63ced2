"""Rows on their way into panels and out to C: copies, fillings and roundings, as LLVM IR."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

from kernels.runtime.memory import LINE_BYTES

_I64, _I8, _I16, _I32 = ir.IntType(64), ir.IntType(8), ir.IntType(16), ir.IntType(32)
_LANES = LINE_BYTES // 4


@intrinsic
def copy(context: Any, to: Any, at: Any, size: Any) -> Any:
    """Copy bytes between addresses; a size that is a constant becomes vector moves."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, at, size = arguments
        pointer = _I8.as_pointer()
        cgutils.raw_memcpy(
            builder, builder.inttoptr(to, pointer), builder.inttoptr(at, pointer), size, 1
        )
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def clear(context: Any, to: Any, size: Any) -> Any:
    """Fill bytes with zeros."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, size = arguments
        cgutils.memset(builder, builder.inttoptr(to, _I8.as_pointer()), size, 0)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@njit(nogil=True)
def copy_padded(to, at, size, whole):  # type: ignore[no-untyped-def]
    """Copy `size` bytes and fill up with zeros to `whole`."""
    copy(to, at, size)
    if size < whole:
        clear(to + size, whole - size)


@intrinsic(prefer_literal=True)
def interleave(context: Any, to: Any, above: Any, below: Any, columns: Any) -> Any:
    """Pairs of two rows of 16-bit values, as BF16 dot products want them."""
    count = columns.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, pair = ir.VectorType(_I16, count), ir.VectorType(_I32, count)
        to, *sources = arguments[:3]
        low, high = (
            builder.zext(builder.load(builder.inttoptr(s, row.as_pointer()), align=2), pair)
            for s in sources
        )
        pairs = builder.or_(low, builder.shl(high, ir.Constant(pair, [16] * count)))
        builder.store(pairs, builder.inttoptr(to, pair.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64, columns), codegen


@intrinsic
def narrow(context: Any, address: Any, count: Any) -> Any:
    """Round FP32 values to BF16 where they stand, to nearest even; a NaN stays one.

    They begin on a cache line, and whole lines of them are rounded: up to 15 beyond `count`.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, count = arguments
        wide, half = ir.VectorType(_I32, _LANES), ir.VectorType(_I16, _LANES)

        def every(value: int) -> Any:
            return ir.Constant(wide, [value] * _LANES)

        lines = builder.udiv(builder.add(count, _I64(_LANES - 1)), _I64(_LANES))
        # In rising order each line is read before the half line below it is written.
        with cgutils.for_range(builder, lines) as loop:
            at = builder.add(address, builder.mul(loop.index, _I64(LINE_BYTES)))
            to = builder.add(address, builder.mul(loop.index, _I64(LINE_BYTES // 2)))
            bits = builder.load(builder.inttoptr(at, wide.as_pointer()), align=LINE_BYTES)
            odd = builder.and_(builder.lshr(bits, every(16)), every(1))
            even = builder.add(builder.add(bits, every(0x7FFF)), odd)
            magnitude = builder.and_(bits, every(0x7FFFFFFF))
            lost = builder.icmp_unsigned(">", magnitude, every(0x7F800000))
            kept = builder.select(lost, every(0x7FC00000), even)
            rounded = builder.trunc(builder.lshr(kept, every(16)), half)
            builder.store(rounded, builder.inttoptr(to, half.as_pointer()), align=LINE_BYTES // 2)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@njit(nogil=True)
def put(to, at, size):  # type: ignore[no-untyped-def]
    """Copy bytes whose target nobody reads soon, whole lines of it past the caches.

    Complete for others only after `settle`.
    """
    head = min(-to % LINE_BYTES, size)
    lines = (size - head) // LINE_BYTES
    done = head + lines * LINE_BYTES
    copy(to, at, head)
    _put_lines(to + head, at + head, lines)
    copy(to + done, at + done, size - done)


@intrinsic
def settle(context: Any) -> Any:
    """Make what was `put` visible to every thread before anything that follows."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _put_lines(context: Any, to: Any, at: Any, lines: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, at, lines = arguments
        line = ir.VectorType(_I8, LINE_BYTES)
        mark = builder.module.add_metadata([_I32(1)])
        with cgutils.for_range(builder, lines) as loop:
            offset = builder.mul(loop.index, _I64(LINE_BYTES))
            source = builder.inttoptr(builder.add(at, offset), line.as_pointer())
            target = builder.inttoptr(builder.add(to, offset), line.as_pointer())
            store = builder.store(builder.load(source, align=1), target, align=LINE_BYTES)
            store.set_metadata("nontemporal", mark)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen
