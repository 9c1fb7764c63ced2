"""The product by our own blocked GEMM: panels on huge pages, one pinned worker a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.registry import cpu_target

from kernels.gemm import amx, blocked, blocked_bf16, check, packed, work
from kernels.gemm.register_tile import panel_stride
from kernels.gemm.split import even, grid, share
from kernels.gemm.tile import Tile, tiles
from kernels.isa import NotNative, target_features
from kernels.kernel import Request, Ticks
from kernels.memory import HUGE_PAGE_BYTES, LINE_BYTES, aligned, untouched
from kernels.team import Team


class NumbaLaunch:
    """Two steps a run, both shared by all workers: pack B, then multiply.

    C has the format of A and B, so that BF16 moves as many bytes as a library's does.

    Raises NotNative where Numba's target has no instruction for it, CannotPin for a closed CPU.
    """

    def __init__(self, request: Request, tile: Tile | None = None) -> None:
        name, (m, n, k), cpus = request.precision.name, request.shape, request.place.cpus
        tile = tile or _best(name)
        if tile.instruction == "amx" and (reason := amx.denied()) is not None:
            raise NotNative(reason)
        self.work = work(request.shape, request.precision, request.precision)
        self.tolerance = check.tolerance(name)
        self._seed = request.seed
        self._a, self._b = check.operands(request.shape, name, request.seed)
        left, right = (_laid_out(matrix, name) for matrix in (self._a, self._b))
        if name != "bf16":
            self._a, self._b = left, right
        kind = left.dtype
        self._c = _matrix(m, n, kind)

        row_tiles, column_tiles = -(-m // tile.rows), -(-n // tile.columns)
        down, across = grid(len(cpus), row_tiles, column_tiles)
        k_block = even(k, tile.k_block, tile.k_step)
        m_block = even(-(-row_tiles // down) * tile.rows, tile.m_block, tile.rows)
        slivers = _matrix(-(-k // tile.k_step) * tile.k_step, column_tiles * tile.columns, kind)
        groups = -(-k // k_block) * -(-k_block // packed.GROUP)
        blocks: tuple[int, ...] = (k_block, m_block)
        if tile.n_block is None:
            loops, panel_rows = blocked.build(tile), m_block
            sums = [aligned((tile.rows, tile.columns), str(kind)) for _ in cpus]
        else:
            loops, panel_rows = blocked_bf16.build(tile), m_block * -(-k // k_block)
            widest = -(-column_tiles // across) * tile.columns
            blocks += (even(widest, tile.n_block, tile.columns),)
            # One line more than the block, lest its rows fall into the same few sets of a cache.
            line = blocks[-1] + LINE_BYTES // self._a.itemsize
            sums = [_matrix(m_block, line, self._a.dtype) for _ in cpus]
        panels = [_matrix(panel_rows, panel_stride(tile), kind) for _ in cpus]
        pack_groups = packed.build(tile)

        def pack(worker: int) -> None:
            pack_groups(right, slivers.reshape(-1), k_block, *share(groups, len(cpus), worker))

        def multiply(worker: int) -> None:
            top, bottom = share(row_tiles, down, worker // across)
            start, end = share(column_tiles, across, worker % across)
            loops(
                left,
                slivers,
                self._c,
                panels[worker],
                sums[worker],
                blocks,
                (top * tile.rows, min(m, bottom * tile.rows)),
                (start * tile.columns, min(n, end * tile.columns)),
            )

        self._pack, self._multiply = pack, multiply
        self._team = Team(cpus)
        self.run()  # compiled or read from the cache, and every page of the panels is there
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "target": cpu_target.target_context.codegen().magic_tuple()[1],
            "dispatched": tile.name,
            "blocks": ", ".join(f"{axis} {size}" for axis, size in zip("kmn", blocks, strict=False))
            + f"; workers {down} x {across}",
            "accumulation": str(self._a.dtype),
            "result": "bfloat16" if name == "bf16" else str(self._c.dtype),
            "threads": str(len(cpus)),
        }

    def run(self) -> None:
        self._team.run(self._pack)
        self._team.run(self._multiply)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        return check.error(self._a, self._b, self.product(), self._seed)

    def product(self) -> check.Matrix:
        """The result of the last `run`; BF16, which NumPy lacks, widened to FP32."""
        if self._c.dtype != np.uint16:
            return self._c
        return (self._c.astype(np.uint32) << 16).view(np.float32)

    def close(self) -> None:
        self._team.close()


def _best(precision: str) -> Tile:
    # LLVM writes amx-bf16 where Linux writes amx_bf16: neither stroke counts.
    features = {feature.replace("-", "") for feature in target_features()}
    found = tiles(precision, features)
    if not found:
        raise NotNative(f"{precision} arithmetic is not native on the compiler's target")
    return found[0]


def _matrix(rows: int, columns: int, kind: np.dtype[Any]) -> check.Matrix:
    """On huge pages where there are any, every page touched."""
    size_bytes = rows * columns * kind.itemsize
    # To the end of a page, since only a whole one can be huge.
    store = untouched(-(-size_bytes // HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES)
    matrix = store[:size_bytes].view(kind).reshape(rows, columns)
    matrix[:] = 0
    return matrix


def _laid_out(values: check.Matrix, precision: str) -> check.Matrix:
    """The operand in its own format, on huge pages; BF16 as its bits, rounded to nearest even."""
    rows, columns = values.shape
    if precision != "bf16":
        matrix = _matrix(rows, columns, values.dtype)
        matrix[:] = values
        return matrix
    matrix = _matrix(rows, columns, np.dtype(np.uint16))
    bits = values.view(np.uint32)
    matrix[:] = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return matrix
