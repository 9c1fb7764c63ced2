"""Latency of memory: dependent loads along rings of cache lines, from a few KiB on.

The shape is the working sets in bytes, rising, whole cache lines each. One launch walks them all,
so that one process sees the whole staircase.
"""

from __future__ import annotations

from itertools import pairwise

from kernels.codegen.isa import architecture
from kernels.kernel import Kernel, Launch, Request

_LINE_BYTES = 64


def refuses(request: Request) -> str | None:
    """Why this walk cannot run here, or None."""
    way, precision, shape = request.implementation, request.precision.name, request.shape
    if way not in KERNEL.implementations or precision not in KERNEL.precisions:
        return f"chase has no implementation {way!r} for {precision}"
    if request.place.device != "cpu":
        return f"{way} walks through the CPU's memory only, not through {request.place.device}"
    if len(request.place.cpus) != 1:
        return f"a latency is one worker's; {len(request.place.cpus)} CPUs were given"
    whole = all(size > 0 and size % _LINE_BYTES == 0 for size in shape)
    if not shape or not whole or any(after <= before for before, after in pairwise(shape)):
        return f"chase needs rising working sets in whole lines of {_LINE_BYTES} B, not {shape}"
    if architecture() != "x86_64":
        return f"user code may not read the cycle counter of {architecture()}"
    return None


def prepare(request: Request) -> Launch:
    """Reserve the largest set, compile the walk or read it from the cache, start the worker."""
    from kernels.chase.launch import ChaseLaunch

    return ChaseLaunch(request)


KERNEL = Kernel(
    name="chase",
    measures="loads",
    implementations=("numba",),
    precisions=("uint64",),
    refuses=refuses,
    prepare=prepare,
)
