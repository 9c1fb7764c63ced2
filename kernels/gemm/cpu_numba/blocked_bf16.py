"""The loops of our own GEMM where C is narrower than its sums: BF16, summed up in FP32.

A worker copies as many rows of A as fit into its second cache, with all of k, and sums a block of C
beside it. A sliver of A stays in the first cache while those of B, a block of k deep, stream past.
The sums are rounded once, when all of k is in them, and leave past the caches.
"""

from __future__ import annotations

from typing import Any

from kernels.codegen.clock import probe, stamp
from kernels.codegen.jit import compiled
from kernels.gemm.cpu_numba.copy import clear, copy_padded, narrow, put, settle
from kernels.gemm.cpu_numba.register_tile import (
    ahead_bytes,
    configure,
    kind,
    multiply_tile,
    panel_stride,
    release,
)
from kernels.gemm.cpu_numba.tile import Tile


def build(tile: Tile) -> Any:
    """multiply(a, packed, c, panel, sums, blocks, m_range, n_range, probes, probe_passes).

    It returns the counter ticks that it took without its probes of the clock, one a block of C.

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
    a_stride, share = panel_stride(tile) * size // tile.word_bytes, ahead_bytes(tile)
    stride = panel_stride(tile) * size

    @compiled
    def multiply(  # type: ignore[no-untyped-def]
        a, packed, c, panel, sums, blocks, m_range, n_range, probes, probe_passes
    ):
        began, paused, count = stamp(), 0, 0
        k_block, m_block, n_block = blocks
        k, n = a.shape[1], c.shape[1]
        padded = (n + columns - 1) // columns * columns
        line = sums.shape[1] * sums.itemsize
        near, beside, out = panel.ctypes.data, sums.ctypes.data, c.ctypes.data
        if name == "amx":
            configure()
        for i0 in range(m_range[0], m_range[1], m_block):
            height = min(m_block, m_range[1] - i0)
            filled = (height + rows - 1) // rows * rows
            # Row after row, so that A is read as one stream.
            for i in range(filled):
                for k0 in range(0, k, k_block):
                    depth = min(k_block, k - k0)
                    whole = (depth + k_step - 1) // k_step * k_step
                    to = near + (k0 // k_block * filled + i) * stride
                    if i < height:
                        at = a.ctypes.data + ((i0 + i) * k + k0) * size
                        copy_padded(to, at, depth * size, whole * size)
                    else:
                        clear(to, whole * size)
            for j0 in range(n_range[0], n_range[1], n_block):
                width = min(n_block, n_range[1] - j0)
                for k0 in range(0, k, k_block):
                    whole = (min(k_block, k - k0) + k_step - 1) // k_step * k_step
                    sliver = whole * columns * size
                    left = near + k0 // k_block * filled * stride
                    right = packed.ctypes.data + (k0 * padded + j0 * whole) * size
                    # The block of B that comes next, a share with each tile: near in time.
                    k1, j1 = (k0 + k_block, j0) if k0 + k_block < k else (0, j0 + n_block)
                    deep = (min(k_block, k - k1) + k_step - 1) // k_step * k_step
                    later = packed.ctypes.data + (k1 * padded + j1 * deep) * size
                    for i in range(0, height, rows):
                        part = min(i // rows * share * (whole // k_step), sliver)
                        for j in range(0, width, columns):
                            multiply_tile(
                                whole // k_step,
                                left + i * stride,
                                right + j // columns * sliver,
                                beside + i * line + j * sums.itemsize,
                                sums.shape[1],
                                k0 == 0,
                                later + j // columns * sliver + part,
                                name,
                                rows,
                                vectors,
                                lanes,
                                unroll,
                                a_stride,
                            )
                for i in range(height):
                    narrow(beside + i * line, width)
                    put(out + ((i0 + i) * n + j0) * size, beside + i * line, width * size)
                pause = stamp()
                probes[count % probes.size] = probe(probe_passes)
                count += 1
                paused += stamp() - pause
        settle()
        if name == "amx":
            release()
        return stamp() - began - paused

    return multiply
