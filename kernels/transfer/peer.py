"""The peer of a device: where it sends to, and by which way."""

from __future__ import annotations

import torch

from kernels.kernel import Request
from kernels.runtime import torch_device


def peer(request: Request) -> torch.device | None:
    """The device `step` further on, around the end; None where that is the device itself."""
    device = torch.device(request.place.device)
    index, count = device.index or 0, torch_device.module(device).device_count()
    other = (index + request.shape[1]) % count
    return None if other == index else torch.device(device.type, other)


def way(device: torch.device, other: torch.device) -> str:
    """Whether the devices reach each other's memory, or copies go through the host's."""
    can_reach = getattr(torch_device.module(device), "can_device_access_peer", None)
    if can_reach is None:
        return "not told"
    return "direct" if can_reach(device, other) else "through the host"
