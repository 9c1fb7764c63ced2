"""Bandwidth of each cache: the same bytes read again and again, from a few KiB on.

The shape is the working sets in bytes, rising, each of them every worker's own. One launch reads
them all, so that one process sees the whole ladder.
"""

from __future__ import annotations

from itertools import pairwise

from kernels.codegen.isa import architecture
from kernels.kernel import Kernel, Launch, Request

_GRAIN_BYTES = 512
"""What one pass of the reading loop takes with the widest vectors."""


def refuses(request: Request) -> str | None:
    """Why this ladder cannot be read here, or None."""
    way, precision, shape = request.implementation, request.precision.name, request.shape
    if way not in KERNEL.implementations or precision not in KERNEL.precisions:
        return f"ladder has no implementation {way!r} for {precision}"
    if request.place.device != "cpu":
        return f"{way} reads through the CPU only, not through {request.place.device}"
    whole = all(size > 0 and size % _GRAIN_BYTES == 0 for size in shape)
    if not shape or not whole or any(after <= before for before, after in pairwise(shape)):
        return f"ladder needs rising working sets in units of {_GRAIN_BYTES} B, not {shape}"
    if architecture() != "x86_64":
        return f"user code may not read the cycle counter of {architecture()}"
    return None


def prepare(request: Request) -> Launch:
    """Fill each worker's largest set, compile the loop or read it from the cache."""
    from kernels.ladder.launch import LadderLaunch

    return LadderLaunch(request)


KERNEL = Kernel(
    name="ladder",
    measures="bytes",
    implementations=("numba",),
    precisions=("fp64",),
    refuses=refuses,
    prepare=prepare,
)
