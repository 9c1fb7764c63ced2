"""Backends: one file each, and one line here."""

from bench.devices import ascend, rocm
from bench.devices.accelerator import TorchBackend
from bench.devices.backend import Backend
from bench.devices.cpu import CpuBackend
from bench.devices.cuda import CudaBackend

BACKENDS: tuple[Backend, ...] = (
    CpuBackend(),
    CudaBackend(),
    rocm.backend(),
    ascend.backend(),
    TorchBackend(),
)


def backend(name: str) -> Backend:
    """The backend of that name. Raises KeyError for an unknown one."""
    return {each.name: each for each in BACKENDS}[name]
