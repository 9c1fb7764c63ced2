"""Facts of the current CUDA device; the simulator has neither name nor count."""

from __future__ import annotations

import os

from numba import config, cuda

SIMULATED_MULTIPROCESSORS = 2


def name_and_multiprocessors() -> tuple[str, int]:
    """The marketing name and how many multiprocessors this process may use."""
    if config.ENABLE_CUDASIM:
        return "CUDA simulator", SIMULATED_MULTIPROCESSORS
    device = cuda.get_current_device()
    # Some versions hand on the driver's bytes.
    return os.fsdecode(device.name), device.MULTIPROCESSOR_COUNT
