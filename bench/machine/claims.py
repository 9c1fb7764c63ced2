"""The devices of this machine: every backend is asked, and a card counts once."""

from collections.abc import Sequence

from bench.evidence.inventory import Absent, Device
from bench.machine.devices.backend import Backend

IMITATED = "cuda"
"""The backend, and torch's name, of what other makers imitate."""


def find(backends: Sequence[Backend]) -> dict[str, tuple[Device, ...] | Absent]:
    """What every backend found, by its name; a driver that fails is absent, whatever it raised."""
    found = {backend.name: _asked(backend) for backend in backends}
    imitated = found.get(IMITATED)
    if not isinstance(imitated, tuple):
        return found
    others = tuple(
        device
        for name, devices in found.items()
        if name != IMITATED and isinstance(devices, tuple)
        for device in devices
        if device.torch_device.startswith(IMITATED)
    )
    own = tuple(device for device in imitated if not any(_same(device, o) for o in others))
    if own or not imitated:
        return found | {IMITATED: own}
    reason = f"its devices are {others[0].backend}'s: their maker's driver imitates NVIDIA's"
    return found | {IMITATED: Absent(IMITATED, reason)}


def _asked(backend: Backend) -> tuple[Device, ...] | Absent:
    try:
        return backend.discover()
    except Exception as error:
        text = str(error).partition("\n")[0]
        return Absent(
            backend.name, f"looking for its devices failed: {type(error).__name__}: {text}"
        )


def _same(imitated: Device, other: Device) -> bool:
    """Whether both are one card, that a driver names twice, perhaps with its own name behind."""
    mine, theirs = imitated.name.strip().lower(), other.name.strip().lower()
    return bool(mine and theirs) and (mine in theirs or theirs in mine)
