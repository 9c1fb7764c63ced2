"""A launch over rising working sets: who reads what how often, and the check of every sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import llvmlite
import numba
import numpy as np

from kernels.codegen.isa import vector_doubles
from kernels.kernel import Request, Ticks, Work
from kernels.ladder import loop
from kernels.runtime.memory import huge_share, untouched
from kernels.runtime.team import Team
from kernels.stream.kinds import ELEMENT_BYTES
from kernels.stream.loop import fill

CHUNK_BYTES = 1 << 18
"""2000 cycles where a core reads 128 bytes in each: long against a stamp (30 cycles)."""
MIN_BYTES = 32 * CHUNK_BYTES
"""Of each working set: enough chunks that some are not interrupted."""


@dataclass(frozen=True, slots=True)
class Sweeps:
    """How a working set is read: whole sweeps a chunk if it is small, parts of one if it is not."""

    elements: int
    part: int
    """Elements of a chunk's address range."""
    parts: int
    sweeps: int
    """Times that a chunk reads its range."""
    chunks: int

    @property
    def chunk_bytes(self) -> int:
        return self.sweeps * self.part * ELEMENT_BYTES


def sweeps_over(size_bytes: int) -> Sweeps:
    """Chunks of about CHUNK_BYTES, MIN_BYTES of them or the whole set, whichever is more."""
    elements = size_bytes // ELEMENT_BYTES
    parts = max(1, size_bytes // CHUNK_BYTES)
    # Whole passes of the loop: what is left of the last part is read, but not timed.
    part = elements // parts // loop.GRAIN * loop.GRAIN
    sweeps = max(1, CHUNK_BYTES // size_bytes)
    least = -(-MIN_BYTES // (sweeps * part * ELEMENT_BYTES))
    return Sweeps(elements, part, parts, sweeps, -(-least // parts) * parts)


class LadderLaunch:
    """One ladder by every worker, each in its own memory; ready when the constructor returns.

    Raises MemoryError for memory that cannot be had, CannotPin for a CPU not open to us.
    """

    def __init__(self, request: Request) -> None:
        lanes = vector_doubles()
        workers = len(request.place.cpus)
        self._cpus = request.place.cpus
        self._steps = [sweeps_over(size) for size in request.shape]
        self._run = loop.build(lanes)
        self._keys = np.random.default_rng(request.seed).integers(0, 2**64, workers, np.uint64)
        self._ticks = [
            [np.zeros(step.chunks, np.int64) for step in self._steps] for _ in range(workers)
        ]
        self._sums = np.zeros((workers, len(self._steps)), np.int64)
        # Compiled here, or read from the cache, once and by one thread.
        self._run(0, 0, 0, 1, 0, self._ticks[0][0][:0])
        self._arrays = [untouched(request.shape[-1]) for _ in range(workers)]
        self._team = Team(self._cpus)
        try:
            self._team.run(self._fill)
        except BaseException:
            self.close()
            raise
        each = sum((s.chunks * s.chunk_bytes + s.elements * ELEMENT_BYTES) for s in self._steps)
        self.work = Work(ops=0, bytes_moved=workers * each)
        self.tolerance = 0.0
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "vector": f"{64 * lanes} bit",
            "pages": huge_share(workers * request.shape[-1]),
        }

    def run(self) -> None:
        """Read every working set; all workers begin a set at the same time."""
        for i in range(len(self._steps)):
            self._team.run(partial(self._sweep, i))

    def ticks(self) -> tuple[Ticks, ...]:
        """Ticks of each chunk, one entry a working set and worker."""
        return tuple(
            Ticks(
                cpu=cpu,
                work=ticks[i].tolist(),
                ops_per_chunk=step.chunk_bytes,
                probe=(),
                cycles_per_probe=0,
                set_bytes=step.elements * ELEMENT_BYTES,
            )
            for i, step in enumerate(self._steps)
            for cpu, ticks in zip(self._cpus, self._ticks, strict=True)
        )

    def error(self) -> float:
        """How many working sets of how many workers gave a wrong sum."""
        wrong = [0] * len(self._cpus)
        self._team.run(lambda worker: wrong.__setitem__(worker, self._wrong(worker)))
        return float(sum(wrong))

    def close(self) -> None:
        """End the workers and give the memory back."""
        self._team.close()
        self._arrays = []

    def _sweep(self, i: int, worker: int) -> None:
        step = self._steps[i]
        self._sums[worker, i] = self._run(
            self._arrays[worker].ctypes.data,
            step.elements,
            step.part,
            step.parts,
            step.sweeps,
            self._ticks[worker][i],
        )

    def _fill(self, worker: int) -> None:
        """Write this worker's numbers, so that their pages lie on its NUMA node."""
        words = self._arrays[worker].view(np.uint64)
        fill(words, 0, words.size, self._keys[worker])

    def _wrong(self, worker: int) -> int:
        folds = np.zeros(self._steps[-1].elements // loop.GRAIN, np.uint64)
        loop.fold_grains(folds, self._keys[worker])
        wrong = 0
        for step, found in zip(self._steps, self._sums[worker].tolist(), strict=True):
            parts = folds[: step.parts * step.part // loop.GRAIN].reshape(step.parts, -1)
            once = np.bitwise_xor.reduce(folds[: step.elements // loop.GRAIN])
            sweeps = step.chunks // step.parts * step.sweeps
            total = int(once) + sweeps * sum(np.bitwise_xor.reduce(parts, axis=1).tolist())
            wrong += (total - found) % 2**64 != 0
        return wrong
