"""Memory bandwidth: read, write, copy and triad over arrays that no cache holds.

The shape is (elements,) of each array of binary64 numbers. `numba` stores through the cache, which
reads a line before it writes to it; `numba-nt` stores past it; `torch` streams through an
accelerator's memory, several sweeps a launch: copies by the driver, and with `torch-elementwise` by
a kernel that adds 0 to the bits. What was counted is the same.
"""

from __future__ import annotations

from functools import partial

from kernels.codegen.isa import architecture
from kernels.kernel import Kernel, Launch, Request
from kernels.runtime import torch_device
from kernels.stream.kinds import KINDS, Kind

_HAS_NONTEMPORAL = ("x86_64", "aarch64")


def refuses(request: Request, kind: Kind) -> str | None:
    """Why this stream cannot run here, or None."""
    way, name = request.implementation, f"stream.{kind.name}"
    if way not in _implementations(kind) or request.precision.name != "fp64":
        return f"{name} has no implementation {way!r} for {request.precision.name}"
    by_torch = way.startswith("torch")
    if by_torch == (request.place.device == "cpu"):
        only = "accelerators" if by_torch else "the CPU"
        return f"{way} streams through {only} only, not through {request.place.device}"
    if len(request.shape) != 1 or request.shape[0] < 1:
        return f"{name} needs a shape (elements,) above zero, not {request.shape}"
    if way == "numba-nt" and architecture() not in _HAS_NONTEMPORAL:
        return f"LLVM has no non-temporal stores for {architecture()}"
    return torch_device.absent(request.place.device) if by_torch else None


def prepare(request: Request, kind: Kind) -> Launch:
    """Place and fill the arrays, compile the loop or read it from the cache, start the workers."""
    if request.implementation.startswith("torch"):
        from kernels.stream.torch_launch import TorchStreamLaunch

        return TorchStreamLaunch(request, kind)
    from kernels.stream.launch import StreamLaunch

    return StreamLaunch(request, kind)


def _implementations(kind: Kind) -> tuple[str, ...]:
    ways = ("numba", "numba-nt", "torch") if kind.writes else ("numba", "torch")
    return (*ways, "torch-elementwise") if kind.name == "copy" else ways


def _declare(kind: Kind) -> Kernel:
    return Kernel(
        name=f"stream.{kind.name}",
        measures="bytes",
        implementations=_implementations(kind),
        precisions=("fp64",),
        refuses=partial(refuses, kind=kind),
        prepare=partial(prepare, kind=kind),
    )


STREAMS = tuple(_declare(kind) for kind in KINDS.values())
