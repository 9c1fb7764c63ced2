"""The product by our own blocked GEMM: panels on huge pages, one pinned worker a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.registry import cpu_target

from kernels.gemm import amx, amx_kernel, blocked, check, work
from kernels.gemm.split import even, grid, share
from kernels.gemm.tile import Tile, tiles
from kernels.isa import NotNative, target_features
from kernels.kernel import Request, Ticks
from kernels.memory import aligned, untouched
from kernels.precision import PRECISIONS
from kernels.team import Team


class NumbaLaunch:
    """Two steps a run, both shared by all workers: pack B, then multiply.

    Raises NotNative where Numba's target has no instruction for it, CannotPin for a closed CPU.
    """

    def __init__(self, request: Request, tile: Tile | None = None) -> None:
        name, (m, n, k), cpus = request.precision.name, request.shape, request.place.cpus
        tile = tile or _best(name)
        if tile.instruction == "amx" and (reason := amx.denied()) is not None:
            raise NotNative(reason)
        summed = PRECISIONS["fp64" if name == "fp64" else "fp32"]
        self.work = work(request.shape, request.precision, summed)
        self.tolerance = check.tolerance(name)
        self._seed = request.seed
        self._a, self._b = check.operands(request.shape, name, request.seed)
        left, right = (_laid_out(matrix, name) for matrix in (self._a, self._b))
        if name != "bf16":
            self._a, self._b = left, right
        kind = left.dtype
        self._c = _matrix(m, n, self._a.dtype)

        row_tiles, column_tiles = -(-m // tile.rows), -(-n // tile.columns)
        down, across = grid(len(cpus), row_tiles, column_tiles)
        k_block = even(k, tile.k_block, tile.k_step)
        m_block = even(-(-row_tiles // down) * tile.rows, tile.m_block, tile.rows)
        packed = _matrix(-(-k // tile.k_step) * tile.k_step, column_tiles * tile.columns, kind)
        panels = [_matrix(m_block, blocked.panel_stride(tile), kind) for _ in cpus]
        edges = [aligned((tile.rows, tile.columns), str(self._c.dtype)) for _ in cpus]
        groups = -(-k // k_block) * -(-k_block // blocked.GROUP)
        configuration = np.frombuffer(amx_kernel.CONFIGURATION, np.uint8)
        parts = blocked.build(tile)

        def pack(worker: int) -> None:
            first, last = share(groups, len(cpus), worker)
            parts.pack(right, packed.reshape(-1), k_block, first, last)

        def multiply(worker: int) -> None:
            rows = share(row_tiles, down, worker // across)
            columns = share(column_tiles, across, worker % across)
            parts.multiply(
                left,
                packed,
                self._c,
                panels[worker],
                edges[worker],
                k_block,
                m_block,
                (rows[0] * tile.rows, min(m, rows[1] * tile.rows)),
                (columns[0] * tile.columns, min(n, columns[1] * tile.columns)),
                configuration,
            )

        self._pack, self._multiply = pack, multiply
        self._team = Team(cpus)
        self.run()  # compiled or read from the cache, and every page of the panels is there
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "target": cpu_target.target_context.codegen().magic_tuple()[1],
            "dispatched": tile.name,
            "blocks": f"k {k_block}, m {m_block}; workers {down} x {across}",
            "accumulation": str(self._c.dtype),
            "result": str(self._c.dtype),
            "threads": str(len(cpus)),
        }

    def run(self) -> None:
        self._team.run(self._pack)
        self._team.run(self._multiply)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        return check.error(self._a, self._b, self._c, self._seed)

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
    matrix = untouched(rows * columns * kind.itemsize).view(kind).reshape(rows, columns)
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
