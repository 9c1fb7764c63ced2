"""Our own blocked GEMM: the loops around the register tile, compiled by Numba for one tile.

A worker copies a block of A into rows of its own panel, which stays in its second cache; B has
been packed into slivers as wide as the tile. Both are filled up with zeros, so that the tile is
always whole; at the edges of C it is computed beside C and copied from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

from kernels.gemm import amx_kernel, vector_kernel
from kernels.gemm.tile import Tile
from kernels.jit import compiled
from kernels.memory import LINE_BYTES

# Rows of B packed together, the unit that is shared: read along, written sliver by sliver.
GROUP = 32
_I64, _I8, _I16, _I32 = ir.IntType(64), ir.IntType(8), ir.IntType(16), ir.IntType(32)


@dataclass(frozen=True, slots=True)
class Blocked:
    """The compiled parts for one tile."""

    pack: Callable[..., None]
    """pack(b, packed, k_block, first, last): groups of rows first to last of B into `packed`."""
    multiply: Callable[..., None]
    """multiply(a, packed, c, panel, edge, k_block, m_block, rows, columns, configuration)."""


def build(tile: Tile) -> Blocked:
    """Functions that Numba compiles at their first call and keeps on disk.

    All that they close over is a number or a string, so that the cache finds them again.
    """
    kind = "amx" if tile.instruction == "amx" else tile.precision
    rows, vectors, lanes, unroll = tile.rows, tile.vectors, tile.lanes, tile.unroll
    columns, k_step = tile.columns, tile.k_step
    size, word, pairs = tile.element_bytes, tile.word_bytes, tile.precision == "bf16"
    a_stride = panel_stride(tile) * size // word
    share = LINE_BYTES * (amx_kernel.LINES_AHEAD if kind == "amx" else 1)

    @compiled
    def pack(b, packed, k_block, first, last):  # type: ignore[no-untyped-def]
        k, n = b.shape
        padded = (n + columns - 1) // columns * columns
        groups = (k_block + GROUP - 1) // GROUP
        line = columns * size
        for index in range(first, last):
            k0 = index // groups * k_block
            depth = min(k_block, k - k0)
            whole = (depth + k_step - 1) // k_step * k_step
            begin = (index % groups) * GROUP
            end = min(begin + GROUP, whole)
            for j in range(0, n, columns):
                width = min(columns, n - j)
                o = k0 * padded + j * whole
                to = packed.ctypes.data + o * size
                at = b.ctypes.data + (k0 * n + j) * size
                for row in range(begin, min(end, depth) if not pairs else begin):
                    if width == columns:  # of constant size: a few vector moves, no call
                        _copy(to + row * line, at + row * n * size, line)
                    else:
                        _copy_padded(to + row * line, at + row * n * size, width * size, line)
                for row in range(max(begin, depth), end if not pairs else begin):
                    _clear(to + row * line, line)
                for row in range(begin, end if pairs else begin, 2):
                    above = at + row * n * size
                    if width == columns and row + 1 < depth:
                        _interleave(to + row * line, above, above + n * size, columns)
                        continue
                    for x in range(row, row + 2):  # the ragged edges, element by element
                        for y in range(columns):
                            packed[o + row * columns + 2 * y + x - row] = (
                                b[k0 + x, j + y] if x < depth and y < width else 0
                            )

    @compiled
    def multiply(  # type: ignore[no-untyped-def]
        a, packed, c, panel, edge, k_block, m_block, m_range, n_range, configuration
    ):
        k, n = a.shape[1], c.shape[1]
        padded = (n + columns - 1) // columns * columns
        stride = a_stride * word
        beside, out = edge.ctypes.data, c.ctypes.data
        if kind == "amx":
            _configure(configuration.ctypes.data)
        for k0 in range(0, k, k_block):
            depth = min(k_block, k - k0)
            whole = (depth + k_step - 1) // k_step * k_step
            for i0 in range(m_range[0], m_range[1], m_block):
                height = min(m_block, m_range[1] - i0)
                for i in range(height):
                    _copy_padded(
                        panel.ctypes.data + i * stride,
                        a.ctypes.data + ((i0 + i) * k + k0) * size,
                        depth * size,
                        whole * size,
                    )
                for i in range(height, (height + rows - 1) // rows * rows):
                    _clear(panel.ctypes.data + i * stride, whole * size)
                for j in range(n_range[0], n_range[1], columns):
                    right = packed.ctypes.data + (k0 * padded + j * whole) * size
                    for i in range(0, height, rows):
                        left = panel.ctypes.data + i * stride
                        fits = j + columns <= n and i + rows <= height
                        # The next sliver of B, a share with each tile, so that it is near in time.
                        following = min(
                            right + whole * columns * size + i // rows * share * (whole // k_step),
                            right + 2 * whole * columns * size,
                        )
                        place = out + ((i0 + i) * n + j) * c.itemsize
                        _tile(
                            whole // k_step,
                            left,
                            right,
                            place if fits else beside,
                            n if fits else columns,
                            k0 == 0 or not fits,
                            following,
                            kind,
                            rows,
                            vectors,
                            lanes,
                            unroll,
                            a_stride,
                        )
                        if not fits:
                            for x in range(min(rows, height - i)):
                                for y in range(min(columns, n - j)):
                                    if k0 == 0:
                                        c[i0 + i + x, j + y] = edge[x, y]
                                    else:
                                        c[i0 + i + x, j + y] += edge[x, y]
        if kind == "amx":
            _release()

    return Blocked(pack, multiply)


def panel_stride(tile: Tile) -> int:
    """Elements between the rows of a panel of A: one cache line more than k_c.

    Rows at a power of two apart would fall into the same few sets of the first cache.
    """
    return tile.k_block + LINE_BYTES // tile.element_bytes


@intrinsic(prefer_literal=True)
def _tile(
    context: Any,
    steps: Any,
    a: Any,
    b: Any,
    c: Any,
    c_stride: Any,
    first: Any,
    ahead: Any,
    kind: Any,
    rows: Any,
    vectors: Any,
    lanes: Any,
    unroll: Any,
    a_stride: Any,
) -> Any:
    """One register tile; all from `kind` on are constants of the compiled function."""
    constants = (kind, rows, vectors, lanes, unroll, a_stride)
    name, *numbers = (constant.literal_value for constant in constants)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if name == "amx":
            amx_kernel.emit(builder, arguments[:7], numbers[-1] * amx_kernel.WORD_BYTES)
        else:
            vector_kernel.emit(builder, arguments[:7], name, *numbers)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5, types.boolean, types.int64, *constants), codegen


@intrinsic
def _configure(context: Any, address: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        amx_kernel.emit_configure(builder, arguments[0])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic
def _release(context: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        amx_kernel.emit_release(builder)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic(prefer_literal=True)
def _interleave(context: Any, to: Any, above: Any, below: Any, columns: Any) -> Any:
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
def _copy(context: Any, to: Any, at: Any, size: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, at, size = arguments
        pointer = _I8.as_pointer()
        cgutils.raw_memcpy(
            builder, builder.inttoptr(to, pointer), builder.inttoptr(at, pointer), size, 1
        )
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def _clear(context: Any, to: Any, size: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, size = arguments
        cgutils.memset(builder, builder.inttoptr(to, _I8.as_pointer()), size, 0)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@njit(nogil=True)
def _copy_padded(to, at, size, whole):  # type: ignore[no-untyped-def]
    _copy(to, at, size)
    if size < whole:
        _clear(to + size, whole - size)
