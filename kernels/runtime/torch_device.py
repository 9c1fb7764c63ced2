"""A device as torch sees it: presence, name, synchronisation.

Nothing here names a vendor: a device's kind is the name of its module in torch.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


def absent(device: str) -> str | None:
    """Why torch cannot use this device here, as text, or None; torch is imported for that."""
    if find_spec("torch") is None:
        return "torch is not installed; pip install '.[gpu]'"
    import torch

    kind, _, index = device.partition(":")
    backend = getattr(torch, kind, None)
    if kind == "cpu":
        return None
    if backend is None or not backend.is_available():
        return f"torch {torch.__version__} finds no {kind} device"
    count = backend.device_count()
    return f"torch finds {count} {kind} devices, not {device}" if int(index or 0) >= count else None


def module(device: Any) -> Any:
    """The part of torch that knows devices of this kind: `torch.cuda` for `cuda:0`."""
    import torch

    return getattr(torch, device.type)


def facts(device: Any) -> dict[str, str]:
    """Which library ran on which device, for `Launch.executed`."""
    import torch

    name = "cpu" if device.type == "cpu" else str(module(device).get_device_name(device))
    return {"library": f"torch {torch.__version__}", "device": name}
