"""Copies between the host's memory and a device's, and between two devices.

The shape is (bytes,) of one copy in one direction, and (bytes, step) between devices: a device
sends to the one so many further on. Host memory is pinned, and lies where the CPUs of the place
first touch it: those next to the device give its full rate.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from kernels.kernel import Kernel, Launch, Request, Shape
from kernels.runtime import torch_device

Direction = Literal["h2d", "d2h", "both", "p2p"]

# 10 ms on PCIe 5 x16, 3 ms between devices at 400 GB/s: waiting for the end (15 µs) costs little.
_SHAPES: dict[Direction, Shape] = {
    "h2d": (512 << 20,),
    "d2h": (512 << 20,),
    "both": (512 << 20,),
    "p2p": (1 << 30, 1),
}


def refuses(request: Request, direction: Direction) -> str | None:
    """Why this copy cannot be made here, or None; torch is imported for an accelerator only."""
    name = f"transfer.{direction}"
    if request.implementation != "torch" or request.precision.name != "int8":
        way, precision = request.implementation, request.precision.name
        return f"{name} has no implementation {way!r} for {precision}"
    if len(request.shape) != len(_SHAPES[direction]) or min(request.shape) < 1:
        wanted = "(bytes, step)" if direction == "p2p" else "(bytes,)"
        return f"{name} needs a shape {wanted} above zero, not {request.shape}"
    if request.place.device == "cpu":
        return f"{name} copies to or from an accelerator; the CPU's own memory has stream.copy"
    if (reason := torch_device.absent(request.place.device)) is not None:
        return reason
    if direction == "p2p":
        return _no_peer(request)
    return None


def prepare(request: Request, direction: Direction) -> Launch:
    """Fill the buffers with seeded bytes."""
    from kernels.transfer.launch import TransferLaunch

    return TransferLaunch(request, direction)


def _no_peer(request: Request) -> str | None:
    from kernels.transfer.peer import peer

    return None if peer(request) is not None else "there is no other device to copy to"


def _declare(direction: Direction) -> Kernel:
    return Kernel(
        name=f"transfer.{direction}",
        measures="bytes",
        implementations=("torch",),
        precisions=("int8",),
        refuses=partial(refuses, direction=direction),
        prepare=partial(prepare, direction=direction),
        default_shape=_SHAPES[direction],
    )


TRANSFERS = tuple(_declare(direction) for direction in _SHAPES)
