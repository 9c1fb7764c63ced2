"""Reasons why CUDA chains cannot run here; numba-cuda is imported only where that decides."""

from __future__ import annotations

from importlib.util import find_spec

from kernels.fma import packed
from kernels.kernel import Request

PRECISIONS = {"numba-cuda": ("fp32", "fp64", "fp16"), packed.IMPLEMENTATION: ("fp32",)}


def refuses(request: Request) -> str | None:
    """The reason, or None where the chains can run on this device."""
    device = request.place.device
    if not device.startswith("cuda"):
        return f"{request.implementation} computes on CUDA devices only, not on {device}"
    if request.precision.name not in PRECISIONS.get(request.implementation, ()):
        return f"fma has no {request.implementation} for {request.precision.name}"
    if len(request.shape) != 2 or min(request.shape) < 1:
        return f"fma needs a shape (chunks, instructions) of positive counts, not {request.shape}"
    if find_spec("numba_cuda") is None:
        return "numba-cuda is not installed; pip install '.[gpu]'"
    from numba import cuda

    if "numba_cuda" not in str(cuda.__file__):
        return (
            "numba-cuda is installed, and Python finds Numba's own CUDA target in its place: "
            "install both into one environment, whose .pth files are read"
        )
    if not cuda.is_available():
        return "numba-cuda finds no CUDA device or no driver"
    if request.implementation != packed.IMPLEMENTATION:
        return None
    from kernels.fma.cuda_device import compute_capability

    return packed.absent_from(request.implementation, compute_capability(device))
