"""A multiply-add launch on a CUDA device: data, grid, and the check of every thread's result."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib.metadata import version

import numpy as np
from numba import cuda

from kernels.codegen import cuda_compiler
from kernels.fma import data
from kernels.fma.cuda_chains import chains
from kernels.fma.cuda_device import index, name_and_multiprocessors
from kernels.fma.cuda_steps import CHAINS, INSTRUCTIONS, PASSES
from kernels.fma.formats import FORMATS
from kernels.kernel import Request, Ticks, Work

THREADS = 512
"""One block a multiprocessor: 4 warps of 8 chains for each of its schedulers, at any register need
up to 128 a thread, and no second wave that would leave some multiprocessors idle."""
WARPS_PER_SCHEDULER = THREADS // 32 // 4
"""Four schedulers a multiprocessor, on every compute capability from 7.0 on."""


class CudaFmaLaunch:
    """Chains of multiply-adds in every thread; ready when the constructor returns."""

    def __init__(self, request: Request, threads: int = THREADS) -> None:
        instruction = INSTRUCTIONS[request.implementation, request.precision.name]
        chunks, instructions = request.shape
        cuda.select_device(index(request.place.device))
        name, blocks = name_and_multiprocessors()
        self._form = FORMATS[request.precision.name]
        self._rounds = -(-instructions // (WARPS_PER_SCHEDULER * 2 * CHAINS * PASSES))
        self._passes = self._rounds * PASSES
        self._chains = data.draw(self._form, CHAINS, threads * instruction.lanes, request.seed)
        self._operands = cuda.to_device(self._chains.operands.view(instruction.carrier))
        self._starts = cuda.to_device(self._chains.starts.view(instruction.carrier))
        results = np.zeros((blocks, CHAINS, threads), instruction.carrier)
        self._results = cuda.to_device(results)
        self._unlike = cuda.to_device(np.zeros((blocks, threads), np.int32))
        self._ticks = cuda.to_device(np.zeros((blocks, chunks), np.int64))
        ops_per_block = 2 * 2 * self._passes * self._chains.starts.size
        self.work = Work(ops=ops_per_block * blocks * chunks, bytes_moved=0)
        self._ops_per_block = ops_per_block
        self.tolerance = data.tolerance(self._form, self._passes, fused=True)
        self.executed: Mapping[str, str] = {
            "library": f"numba-cuda {version('numba-cuda')}",
            "device": name,
            "instruction": instruction.ptx,
            "multiprocessors": str(blocks),
            "threads": str(threads),
            "chains": str(CHAINS),
            **cuda_compiler.load(),
        }
        with warnings.catch_warnings():
            # One block a multiprocessor is meant; numba-cuda takes few blocks for a mistake.
            warnings.filterwarnings("ignore", "Grid size")
            self._kernel = cuda.jit(chains)[blocks, threads]
        self._launch(first=1)  # compiled now; what every later chunk is compared with

    def run(self) -> None:
        """Run every chunk on every multiprocessor, and wait for it.

        Numba launches into the default stream, which is the one that torch records events in; and
        since this waits, an event that is recorded afterwards is behind the kernel in any stream.
        """
        self._launch(first=0)

    def ticks(self) -> tuple[Ticks, ...]:
        """Cycles of each chunk on the multiprocessor that was slowest in it.

        The counter counts the multiprocessor's own cycles, so that a probe of one cycle is one
        tick: operations per cycle are those of one multiprocessor, and need no clock sensor.
        """
        cycles = self._ticks.copy_to_host().max(axis=0)
        return (Ticks(0, cycles.tolist(), self._ops_per_block, (1,) * len(cycles), 1),)

    def error(self) -> float:
        """Largest deviation of any chain of any thread; infinite if any two chunks differed."""
        if self._unlike.copy_to_host().any():
            return float("inf")
        found = self._results.copy_to_host().view(self._form.accumulator)
        wanted = data.expected(self._form, self._chains, self._passes)
        # NumPy's maximum, unlike Python's, hands on a NaN.
        return float(np.max(np.abs(found.astype(float) - wanted.astype(float))))

    def close(self) -> None:
        """Give the device's memory back."""
        del self._operands, self._starts, self._results, self._unlike, self._ticks

    def _launch(self, first: int) -> None:
        self._kernel(
            self._operands,
            self._starts,
            self._results,
            self._unlike,
            self._ticks,
            np.int32(self._rounds),
            np.int32(first),
        )
        cuda.synchronize()
