"""A stream on the CPU: arrays in the workers' own memory, and the check of every element."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import llvmlite
import numba
import numpy as np

from kernels.codegen.clock import HAS_CLOCK
from kernels.codegen.isa import vector_doubles
from kernels.kernel import Request, Ticks, Work
from kernels.runtime.memory import huge_share, untouched
from kernels.runtime.team import Team
from kernels.stream import loop
from kernels.stream.kinds import ELEMENT_BYTES, Kind

CHUNK_BYTES = 8 << 20
"""Counted bytes in a chunk: 0.5 to 1 ms at the 8 to 16 GB/s that one core moves."""
PAGE_ELEMENTS = 512
"""Elements on a 4 KiB page: workers share none."""
_TRIAD_ROUNDING = 2.0**-50
"""b + s c lies in [2, 6): one unit in the last place of 4, for a product that is rounded too."""


class StreamLaunch:
    """One pass over all arrays by all workers; placed, filled and compiled by the constructor.

    Raises MemoryError for arrays that cannot be had, CannotPin for a CPU not open to us.
    """

    def __init__(self, request: Request, kind: Kind) -> None:
        (elements,) = request.shape
        nontemporal = request.implementation == "numba-nt"
        lanes = vector_doubles()
        self._kind = kind
        self._cpus = request.place.cpus
        self._run = loop.build(kind.name, nontemporal, lanes)
        random = np.random.default_rng(request.seed)
        self._keys = random.integers(0, 2**64, 2, np.uint64)
        self._scalar = 1.0 + float(random.random())
        self._bounds = _bounds(elements, len(self._cpus))
        self._chunk = _chunk(kind, elements // len(self._cpus))
        # Only whole chunks are timed: what is left of a worker's share is shorter.
        self._ticks = [
            np.zeros((end - begin) // self._chunk if HAS_CLOCK else 0, np.int64)
            for begin, end in self._bounds
        ]
        self._folds = [0] * len(self._cpus)
        # Compiled here, or read from the cache, once and by one thread.
        self._run(0, 0, 0, 0, 0, self._chunk, self._scalar, self._ticks[0])
        self._arrays = [untouched(elements * ELEMENT_BYTES) for _ in range(kind.arrays)]
        # a is what is written; the sources b and c follow it, or take its place.
        addresses = [array.ctypes.data for array in self._arrays]
        self._addresses = ([0] * (not kind.writes) + addresses + [0, 0])[:3]
        self._team = Team(self._cpus)
        try:
            self._team.run(self._fill)
        except BaseException:
            self.close()
            raise
        self.work = Work(ops=kind.ops * elements, bytes_moved=kind.bytes_moved * elements)
        self.tolerance = _TRIAD_ROUNDING if kind.name == "triad" else 0.0
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "vector": f"{64 * lanes} bit",
            "store": _store(kind, nontemporal),
            "pages": huge_share(kind.arrays * elements * ELEMENT_BYTES),
        }

    def run(self) -> None:
        """Stream every worker's share once, with a scalar that the run before did not have."""
        self._scalar = 3.0 - self._scalar
        self._team.run(self._stream)

    def ticks(self) -> tuple[Ticks, ...]:
        """Ticks of each whole chunk; empty where there is no cycle counter."""
        if not HAS_CLOCK:
            return ()
        return tuple(
            Ticks(
                cpu=cpu,
                work=ticks.tolist(),
                ops_per_chunk=self._chunk * self._kind.bytes_moved,
                probe=(),
                cycles_per_probe=0,
            )
            for cpu, ticks in zip(self._cpus, self._ticks, strict=True)
        )

    def error(self) -> float:
        """Largest deviation of any element written; for `read`, infinite for a wrong fold."""
        errors = [0.0] * len(self._cpus)
        self._team.run(lambda worker: errors.__setitem__(worker, self._deviation(worker)))
        return max(errors)

    def close(self) -> None:
        """End the workers and give the memory back."""
        self._team.close()
        self._arrays = []

    def _stream(self, worker: int) -> None:
        begin, end = self._bounds[worker]
        self._folds[worker] = self._run(
            *self._addresses, begin, end, self._chunk, self._scalar, self._ticks[worker]
        )

    def _fill(self, worker: int) -> None:
        """Write this worker's share of every array, so that its pages lie on its NUMA node."""
        begin, end = self._bounds[worker]
        sources = self._arrays[1:] if self._kind.writes else self._arrays
        for array, key in zip(sources, self._keys, strict=False):
            loop.fill(array.view(np.uint64), begin, end, key)
        if self._kind.writes:
            loop.clear(self._arrays[0].view(np.uint64), begin, end)

    def _deviation(self, worker: int) -> float:
        begin, end = self._bounds[worker]
        if not self._kind.writes:
            right = self._folds[worker] == loop.fold_of(begin, end, self._keys[0])
            return 0.0 if right else float("inf")
        shares = {
            "write": (0.0, 0.0, self._scalar),
            "copy": (1.0, 0.0, 0.0),
            "triad": (1.0, self._scalar, 0.0),
        }[self._kind.name]
        target = self._arrays[0].view(np.float64)
        return float(loop.deviation(target, begin, end, self._keys, np.array(shares)))


def _bounds(elements: int, workers: int) -> tuple[tuple[int, int], ...]:
    """Shares as equal as whole pages allow; the last worker has what is left of a page."""
    pages = elements // PAGE_ELEMENTS
    cuts = [pages * worker // workers * PAGE_ELEMENTS for worker in range(workers)]
    return tuple(pairwise([*cuts, elements]))


def _chunk(kind: Kind, share: int) -> int:
    """Elements in a chunk: whole pages, so that every chunk begins on a vector's boundary."""
    wanted = min(CHUNK_BYTES // kind.bytes_moved, share)
    return max(1, wanted // PAGE_ELEMENTS) * PAGE_ELEMENTS


def _store(kind: Kind, nontemporal: bool) -> str:
    if not kind.writes:
        return "none"
    return "non-temporal" if nontemporal else "temporal"
