"""The product by our own blocked GEMM: panels on huge pages, one pinned worker a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.registry import cpu_target

from kernels.codegen.clock import ADDS_PER_PASS, HAS_CLOCK
from kernels.codegen.isa import NotNative, target_features
from kernels.gemm import check, work
from kernels.gemm.cpu_numba import amx, blocked, blocked_bf16, packed
from kernels.gemm.cpu_numba.partition import even, grid, share
from kernels.gemm.cpu_numba.register_tile import panel_stride
from kernels.gemm.cpu_numba.tile import Tile, tiles
from kernels.gemm.rounding import RULE, to_bfloat16
from kernels.kernel import Request, Ticks
from kernels.runtime.memory import HUGE_PAGE_BYTES, LINE_BYTES, aligned, untouched
from kernels.runtime.team import Team

PROBE_PASSES = 4
"""4 x 640 cycles, 0.7 µs: nothing beside a block, which takes some milliseconds."""
MAX_PROBES = 64
"""The last so many of a run are kept."""


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

        def rows_of(worker: int) -> tuple[int, int]:
            top, bottom = share(row_tiles, down, worker // across)
            return top * tile.rows, min(m, bottom * tile.rows)

        def columns_of(worker: int) -> tuple[int, int]:
            start, end = share(column_tiles, across, worker % across)
            return start * tile.columns, min(n, end * tile.columns)

        def pack(worker: int) -> None:
            span = share(groups, len(cpus), worker)
            self._packing[worker] = pack_groups(right, slivers.reshape(-1), k_block, *span)

        def multiply(worker: int) -> None:
            self._multiplying[worker] = loops(
                left,
                slivers,
                self._c,
                panels[worker],
                sums[worker],
                blocks,
                rows_of(worker),
                columns_of(worker),
                self._probes[worker],
                PROBE_PASSES if HAS_CLOCK else 0,
            )

        self._cpus = cpus
        areas = [
            prod(max(0, end - start) for start, end in (rows_of(w), columns_of(w)))
            for w in range(len(cpus))
        ]
        self._ops = [2 * k * area for area in areas]
        self._packing, self._multiplying = [0] * len(cpus), [0] * len(cpus)
        self._probes = np.zeros((len(cpus), MAX_PROBES), np.int64)
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
        if name == "bf16":
            self.executed = {**self.executed, "rounding": RULE}

    def run(self) -> None:
        self._team.run(self._pack)
        self._team.run(self._multiply)

    def ticks(self) -> tuple[Ticks, ...]:
        """A worker's whole part of the product as one chunk, beside the median of its probes.

        Only its own packing and multiplying: what it waits for the others is theirs.
        """
        if not HAS_CLOCK:
            return ()
        return tuple(
            Ticks(
                cpu=cpu,
                work=[self._packing[worker] + self._multiplying[worker]],
                ops_per_chunk=self._ops[worker],
                probe=[_median(self._probes[worker])],
                cycles_per_probe=PROBE_PASSES * ADDS_PER_PASS,
            )
            for worker, cpu in enumerate(self._cpus)
        )

    def error(self) -> float:
        return check.error(self._a, self._b, self.product(), self._seed)

    def product(self) -> check.Matrix:
        """The result of the last `run`; BF16, which NumPy lacks, widened to FP32."""
        if self._c.dtype != np.uint16:
            return self._c
        return (self._c.astype(np.uint32) << 16).view(np.float32)

    def close(self) -> None:
        self._team.close()


def _median(probes: np.ndarray[Any, Any]) -> int:
    """Of the probes that nothing interrupted while they took their own cost off; 0 if none."""
    good = probes[probes > 0]
    return int(np.median(good)) if good.size else 0


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
    matrix[:] = to_bfloat16(values)
    return matrix
