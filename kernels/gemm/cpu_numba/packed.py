"""B packed into slivers as wide as the register tile, filled up with zeros so that each is whole.

A block of k lies together; in it sliver after sliver; in a sliver row after row, in BF16 pair of
rows after pair, and for AMX tile register after tile register.
"""

from __future__ import annotations

from typing import Any

from kernels.codegen.clock import stamp
from kernels.codegen.jit import compiled
from kernels.gemm.cpu_numba.copy import clear, copy, copy_padded, interleave
from kernels.gemm.cpu_numba.tile import Tile

# Rows of B packed together, the unit that is shared: read along, written sliver by sliver.
GROUP = 32


def build(tile: Tile) -> Any:
    """pack(b, packed, k_block, first, last): groups of rows first to last of B into `packed`.

    It returns the counter ticks that it took.
    """
    pairs = tile.precision == "bf16"
    columns, k_step, size = tile.columns, tile.k_step, tile.element_bytes
    side = tile.lanes if tile.instruction == "amx" else columns

    @compiled
    def pack(b, packed, k_block, first, last):  # type: ignore[no-untyped-def]
        began = stamp()
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
                        copy(to + row * line, at + row * n * size, line)
                    else:
                        copy_padded(to + row * line, at + row * n * size, width * size, line)
                for row in range(max(begin, depth), end if not pairs else begin):
                    clear(to + row * line, line)
                for row in range(begin, end if pairs else begin, 2):
                    pair = row // k_step * k_step * columns + row % k_step * side
                    above = at + row * n * size
                    if width == columns and row + 1 < depth:
                        for y in range(0, columns, side):
                            beside = above + y * size
                            interleave(
                                to + (pair + y * k_step) * size, beside, beside + n * size, side
                            )
                        continue
                    for x in range(row, row + 2):  # the ragged edges, element by element
                        for y in range(columns):
                            place = pair + y // side * side * k_step + y % side * 2 + x - row
                            packed[o + place] = b[k0 + x, j + y] if x < depth and y < width else 0
        return stamp() - began

    return pack
