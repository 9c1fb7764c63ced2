"""A walk through rising working sets: rings that grow, the ticks of each, and their check."""

from __future__ import annotations

from collections.abc import Mapping

import llvmlite
import numba
import numpy as np

from kernels.chase import ring
from kernels.codegen.clock import ADDS_PER_PASS
from kernels.kernel import Request, Ticks, Work
from kernels.runtime.memory import LINE_BYTES, huge_share, untouched
from kernels.runtime.team import Team

CHUNK_LOADS = 4096
"""20000 cycles where a load takes five: long against a stamp (30 cycles)."""
MIN_LOADS = 32 * CHUNK_LOADS
"""Of each working set: enough chunks that some are not interrupted."""
PROBE_PASSES = 5
"""5 x 640 cycles, about 1 µs: long against a stamp, short against a chunk."""


class ChaseLaunch:
    """Whole laps through every working set by one worker; ready when the constructor returns.

    Raises MemoryError for a region that cannot be had, CannotPin for a CPU not open to us.
    """

    def __init__(self, request: Request) -> None:
        self._sets = [size // LINE_BYTES for size in request.shape]
        self._loads = [-(-MIN_LOADS // lines) * lines for lines in self._sets]
        (self._cpu,) = request.place.cpus
        self._key = np.random.default_rng(request.seed).integers(0, 2**64, dtype=np.uint64)
        chunks = [loads // CHUNK_LOADS for loads in self._loads]
        self._work = [np.zeros(count, np.int64) for count in chunks]
        self._probe = [np.zeros(count, np.int64) for count in chunks]
        self._seen = np.zeros((len(self._sets), 2), np.uint64)
        self._words = untouched(request.shape[-1]).view(np.uint64)
        self._base = np.uint64(self._words.ctypes.data)
        self._team = Team(request.place.cpus)
        try:
            self._team.run(self._compile)
        except BaseException:
            self.close()
            raise
        self.work = Work(ops=sum(self._loads), bytes_moved=0)
        self.tolerance = 0.0
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "pages": huge_share(request.shape[-1]),
        }

    def run(self) -> None:
        """Grow the ring to each working set and walk it; what was walked before stays in it."""
        self._team.run(self._walk)

    def ticks(self) -> tuple[Ticks, ...]:
        """Ticks of each whole chunk of loads and of the probe after it, one entry a working set."""
        return tuple(
            Ticks(
                cpu=self._cpu,
                work=work.tolist(),
                ops_per_chunk=CHUNK_LOADS,
                probe=probe.tolist(),
                cycles_per_probe=PROBE_PASSES * ADDS_PER_PASS,
                set_bytes=lines * LINE_BYTES,
            )
            for lines, work, probe in zip(self._sets, self._work, self._probe, strict=True)
        )

    def error(self) -> float:
        """How many working sets were not walked line by line, each line equally often."""
        wrong = 0
        for lines, loads, seen in zip(self._sets, self._loads, self._seen, strict=True):
            laps = loads // lines
            total = laps * LINE_BYTES * (lines * (lines - 1) // 2) % 2**64
            # A lap ends where it began, and reaches every line once.
            wrong += seen.tolist() != [total, 0]
        return float(wrong)

    def close(self) -> None:
        """End the worker and give the memory back."""
        self._team.close()
        self._words = np.zeros(0, np.uint64)

    def _walk(self, worker: int) -> None:
        before, tails = 0, np.zeros(2, np.int64)
        for i, lines in enumerate(self._sets):
            ring.grow(self._words, self._base, before, lines, tails, self._key)
            ring.walk(
                self._base,
                self._loads[i],
                CHUNK_LOADS,
                self._work[i],
                self._probe[i],
                PROBE_PASSES,
                self._seen[i],
            )
            before = lines

    def _compile(self, worker: int) -> None:
        """Compile or read from the cache, and touch every page once."""
        nothing = self._work[0][:0]
        ring.grow(self._words, self._base, 0, self._sets[-1], np.zeros(2, np.int64), self._key)
        ring.walk(self._base, 1, CHUNK_LOADS, nothing, nothing, PROBE_PASSES, self._seen[0])
