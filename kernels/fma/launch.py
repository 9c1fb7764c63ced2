"""A multiply-add launch on the CPU: data, workers, and the check of every worker's result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import llvmlite
import numba
import numpy as np
from numba.core.registry import cpu_target

from kernels.codegen.clock import ADDS_PER_PASS, HAS_CLOCK
from kernels.codegen.isa import NotNative, target_features
from kernels.fma import data, loop
from kernels.fma.formats import FORMATS, Format, Pipe
from kernels.kernel import Request, Ticks, Work
from kernels.runtime.memory import aligned
from kernels.runtime.team import Team

PROBE_PASSES = 4
"""4 x 640 cycles, 0.7 µs: long against a stamp (30 cycles), short against a chunk (115 µs)."""
CHUNKS_PER_PROBE = 5
"""So that probes cost the sustained rate an eighth of a percent."""
PORTABLE_VECTORS = 12


class FmaLaunch:
    """Chains of multiply-adds on every worker; ready when the constructor returns.

    Raises NotNative where Numba's target lacks the instruction, CannotPin for a CPU not open to us.
    """

    def __init__(self, request: Request) -> None:
        form = FORMATS[request.precision.name]
        chunks, instructions = request.shape
        workers = len(request.place.cpus)
        portable = request.implementation == "numba-portable"
        if portable:
            bits, chains, lanes = loop.PORTABLE, _portable_bits() // form.accumulator_bits, 1
        else:
            pipe = _pipe(form)
            bits, chains, lanes = pipe.bits, pipe.chains, pipe.bits // form.accumulator_bits
        vectors = PORTABLE_VECTORS if portable else chains
        measured = loop.build(form.name, bits, chains)
        self._chains = data.draw(form, chains, lanes, request.seed)
        drawn = self._chains.operands
        operands = drawn[:, 0] if portable else drawn.view(np.uint64)
        self._form = form
        self._passes = -(-instructions // (2 * vectors))
        self._ops_per_chunk = 2 * form.products * self._chains.starts.size * 2 * self._passes
        self._cpus = request.place.cpus
        starts = self._chains.starts.reshape(-1).view(np.uint64)
        self._results = [aligned((2, starts.size), "uint64") for _ in range(workers)]
        self._work = np.zeros((workers, chunks), np.int64)
        probes = -(-chunks // CHUNKS_PER_PROBE) if HAS_CLOCK else 0
        self._probe = np.zeros((workers, probes), np.int64)
        self._unlike = [0] * workers
        self.work = Work(ops=workers * chunks * self._ops_per_chunk, bytes_moved=0)
        self.tolerance = data.tolerance(form, self._passes, fused=not portable)
        self.executed: Mapping[str, str] = {
            "library": f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
            "target": cpu_target.target_context.codegen().magic_tuple()[1],
            "vector": f"{bits} bit" if bits else "LLVM's choice",
            "chains": str(vectors),
        }

        def chunks_of(worker: int, passes: int, count: int) -> None:
            self._unlike[worker] = measured(
                operands,
                starts,
                self._results[worker],
                passes,
                self._work[worker, :count],
                self._probe[worker],
                PROBE_PASSES,
                CHUNKS_PER_PROBE,
            )

        self._task = partial(chunks_of, passes=self._passes, count=chunks)
        # Compiled here, or read from the cache, once and by one thread.
        chunks_of(0, passes=1, count=1)
        self._team = Team(self._cpus)

    def run(self) -> None:
        """Run every chunk on every worker."""
        self._team.run(self._task)

    def ticks(self) -> tuple[Ticks, ...]:
        """Ticks of each chunk and of the probes between; empty where there is no cycle counter."""
        if not HAS_CLOCK:
            return ()
        return tuple(
            Ticks(
                cpu=cpu,
                work=self._work[worker].tolist(),
                ops_per_chunk=self._ops_per_chunk,
                probe=self._probe[worker].tolist(),
                cycles_per_probe=PROBE_PASSES * ADDS_PER_PASS,
                chunks_per_probe=CHUNKS_PER_PROBE,
            )
            for worker, cpu in enumerate(self._cpus)
        )

    def error(self) -> float:
        """Largest deviation of any accumulator of any worker; infinite if two chunks differed."""
        if any(self._unlike):
            return float("inf")
        wanted = data.expected(self._form, self._chains, self._passes).astype(float)
        shape = self._chains.starts.shape
        found = [r[0].view(self._form.accumulator).reshape(shape) for r in self._results]
        # NumPy's maximum, unlike Python's, hands on a NaN.
        return float(np.max(np.abs(np.array(found, float) - wanted)))

    def close(self) -> None:
        """End the workers."""
        self._team.close()


def _portable_bits() -> int:
    """All accumulators: 12 of AVX-512's or AVX2's registers, 24 of a 128-bit set of 32."""
    return PORTABLE_VECTORS * (512 if "avx512f" in target_features() else 256)


def _pipe(form: Format) -> Pipe:
    pipe = form.pipe(target_features())
    if pipe is None:
        raise NotNative(f"{form.name} arithmetic is not native on the compiler's target")
    return pipe
