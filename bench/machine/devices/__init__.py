"""Backends: one file each, and one line here."""

from bench.machine.devices import ascend, rocm
from bench.machine.devices.accelerator import TorchBackend
from bench.machine.devices.backend import Backend
from bench.machine.devices.cpu import CpuBackend
from bench.machine.devices.cuda import CudaBackend

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
