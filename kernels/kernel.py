"""The kernel interface: a declaration that is free to import, and a launch that is ready to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kernels.precision import Precision

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What one launch does, counted from the algorithm and never from a measurement."""

    ops: int
    """Arithmetic operations; a fused multiply-add counts as two, a GEMM as 2MNK."""
    bytes_moved: int
    """Compulsory memory traffic: every operand once, no write-allocate, no cache misses."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a launch runs."""

    device: str
    """A torch device string: `cpu`, `cuda:0`, `npu:0`."""
    cpus: tuple[int, ...]
    """Logical CPUs, one worker pinned to each; for an accelerator, those that feed it."""


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that decides what a launch does."""

    implementation: str
    precision: Precision
    shape: Shape
    seed: int
    place: Place


@dataclass(frozen=True, slots=True)
class Ticks:
    """Cycle-counter readings that one worker left between the chunks of its last run.

    The probe `probe[i]` followed the chunk `work[i * chunks_per_probe]`: the ratio of these two
    needs no clock frequency, and holds still while the clock wanders.
    """

    cpu: int
    """Logical CPU that the worker was pinned to."""
    work: Sequence[int]
    """Counter ticks that each chunk of work took."""
    ops_per_chunk: int
    """Arithmetic operations (or bytes, for a kernel that measures bytes) in each chunk."""
    probe: Sequence[int]
    """Counter ticks that each dependent-add probe took; empty where there is no probe."""
    cycles_per_probe: int
    """Core cycles that one probe takes by construction: one dependent add a cycle."""
    chunks_per_probe: int = 1
    set_bytes: int | None = None
    """Memory that the chunks went over; None for a kernel that has only one working set."""

    def __post_init__(self) -> None:
        if self.probe and len(self.probe) != -(-len(self.work) // self.chunks_per_probe):
            raise ValueError(
                f"{len(self.probe)} probes beside {len(self.work)} chunks, one in "
                f"{self.chunks_per_probe} of which has a probe"
            )


class Launch(Protocol):
    """A kernel made ready on one device. `run` allocates nothing and never looks at a clock."""

    work: Work
    tolerance: float
    """Largest `error()` that the claimed precision can explain."""
    executed: Mapping[str, str]
    """What really ran: library and version, dispatched kernel, vector width, kind of store."""

    def run(self) -> None:
        """Do the work once, on every worker, and return when all of it is done."""
        ...

    def ticks(self) -> tuple[Ticks, ...]:
        """Observations of the last `run`, one a worker, or one a worker and working set."""
        ...

    def error(self) -> float:
        """Compare the result of the last `run` with a reference: call it after the timing."""
        ...

    def close(self) -> None:
        """Stop the workers and release the memory."""
        ...


def _from_none(implementation: str, architecture: str | None) -> None:
    """Every implementation fits any silicon."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A declaration: importing it loads no numpy, numba or torch."""

    name: str
    measures: Literal["ops", "bytes", "loads"]
    """Which part of `Work` the rate is made of; a load is an operation that waits for the last."""
    implementations: tuple[str, ...]
    """Ways to do the same work, each labelled in the result; the first is the default."""
    precisions: tuple[str, ...]
    refuses: Callable[[Request], str | None]
    """Why this request cannot run here (library absent, format not native), or None."""
    prepare: Callable[[Request], Launch]
    default_shape: Shape = ()
    """What one launch does where nobody asks for a shape; empty where the planner must choose."""
    absent_from: Callable[[str, str | None], str | None] = _from_none
    """Why an implementation has no counterpart in the silicon of an architecture (`9.0`, None where
    it is not known), or None. Such a case is not planned: it can have no figure on that device."""
