"""Backends: one file each, and one line here."""

from bench.devices.backend import Backend
from bench.devices.cpu import CpuBackend

BACKENDS: tuple[Backend, ...] = (CpuBackend(),)


def backend(name: str) -> Backend:
    """The backend of that name. Raises KeyError for an unknown one."""
    return {each.name: each for each in BACKENDS}[name]
