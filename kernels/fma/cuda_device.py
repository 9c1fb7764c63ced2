"""Facts of CUDA devices; the simulator's has neither name nor count."""

from __future__ import annotations

import os

from numba import config, cuda

SIMULATED_MULTIPROCESSORS = 2


def compute_capability(device: str) -> str:
    """`9.0` of `cuda:0`, without a context on it."""
    major, minor = cuda.gpus[index(device)].compute_capability
    return f"{major}.{minor}"


def index(device: str) -> int:
    """Position of `cuda:1` among the devices that this process sees."""
    return int(device.partition(":")[2] or 0)


def name_and_multiprocessors() -> tuple[str, int]:
    """The marketing name and how many multiprocessors this process may use."""
    if config.ENABLE_CUDASIM:
        return "CUDA simulator", SIMULATED_MULTIPROCESSORS
    device = cuda.get_current_device()
    # Some versions hand on the driver's bytes.
    return os.fsdecode(device.name), device.MULTIPROCESSOR_COUNT
