"""The register tile as a function that compiled loops call, in vector or in AMX instructions."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from kernels.gemm.cpu_numba import amx_kernel, vector_kernel
from kernels.gemm.cpu_numba.tile import Tile
from kernels.runtime.memory import LINE_BYTES


def kind(tile: Tile) -> str:
    """Which IR is emitted: `amx`, or the precision that vectors compute in."""
    return "amx" if tile.instruction == "amx" else tile.precision


def ahead_bytes(tile: Tile) -> int:
    """What each step brings near for a later tile."""
    return LINE_BYTES * (amx_kernel.LINES_AHEAD if tile.instruction == "amx" else 1)


def panel_stride(tile: Tile) -> int:
    """Elements between the rows of a panel of A: one cache line more than k_c.

    Rows at a power of two apart would fall into the same few sets of the first cache.
    """
    return tile.k_block + LINE_BYTES // tile.element_bytes


@intrinsic(prefer_literal=True)
def multiply_tile(
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
def configure(context: Any) -> Any:
    """Open the calling thread's AMX tiles."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        amx_kernel.emit_configure(builder)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def release(context: Any) -> Any:
    """Close the calling thread's AMX tiles."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        amx_kernel.emit_release(builder)
        return context.get_dummy_value()

    return types.void(), codegen
