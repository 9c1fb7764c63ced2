"""The loops of our own GEMM where C is summed up in its place: FP32 and FP64.

A worker copies a block of A into rows of its own panel, which stays in its second cache, and takes
B from its packed slivers. Both are filled up with zeros, so that the register tile is always whole;
at the edges of C it is computed beside C and copied from there.
"""

from __future__ import annotations

from typing import Any

from kernels.codegen.clock import probe, stamp
from kernels.codegen.jit import compiled
from kernels.gemm.cpu_numba.copy import clear, copy_padded
from kernels.gemm.cpu_numba.register_tile import ahead_bytes, kind, multiply_tile, panel_stride
from kernels.gemm.cpu_numba.tile import Tile


def build(tile: Tile) -> Any:
    """multiply(a, packed, c, panel, edge, blocks, m_range, n_range, probes, probe_passes).

    It returns the counter ticks that it took without its probes of the clock, one a block of A.

    Numba compiles it at its first call and keeps it on disk: all that it closes over is a number
    or a string, so that the cache finds it again.
    """
    name, rows, vectors, lanes, unroll = (
        kind(tile),
        tile.rows,
        tile.vectors,
        tile.lanes,
        tile.unroll,
    )
    columns, k_step, size = tile.columns, tile.k_step, tile.element_bytes
    a_stride, share = panel_stride(tile), ahead_bytes(tile)

    @compiled
    def multiply(  # type: ignore[no-untyped-def]
        a, packed, c, panel, edge, blocks, m_range, n_range, probes, probe_passes
    ):
        began, paused, count = stamp(), 0, 0
        k_block, m_block = blocks
        k, n = a.shape[1], c.shape[1]
        padded = (n + columns - 1) // columns * columns
        stride = a_stride * size
        near, beside, out = panel.ctypes.data, edge.ctypes.data, c.ctypes.data
        for k0 in range(0, k, k_block):
            depth = min(k_block, k - k0)
            whole = (depth + k_step - 1) // k_step * k_step
            sliver = whole * columns * size
            for i0 in range(m_range[0], m_range[1], m_block):
                height = min(m_block, m_range[1] - i0)
                at = a.ctypes.data + (i0 * k + k0) * size
                for i in range(height):
                    copy_padded(near + i * stride, at + i * k * size, depth * size, whole * size)
                for i in range(height, (height + rows - 1) // rows * rows):
                    clear(near + i * stride, whole * size)
                for j in range(n_range[0], n_range[1], columns):
                    right = packed.ctypes.data + (k0 * padded + j * whole) * size
                    for i in range(0, height, rows):
                        fits = j + columns <= n and i + rows <= height
                        place = out + ((i0 + i) * n + j) * size
                        # The next sliver of B, a share with each tile, so that it is near in time.
                        part = min(i // rows * share * (whole // k_step), sliver)
                        multiply_tile(
                            whole // k_step,
                            near + i * stride,
                            right,
                            place if fits else beside,
                            n if fits else columns,
                            k0 == 0 or not fits,
                            right + sliver + part,
                            name,
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
                pause = stamp()
                probes[count % probes.size] = probe(probe_passes)
                count += 1
                paused += stamp() - pause
        return stamp() - began - paused

    return multiply
