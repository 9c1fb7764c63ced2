"""Reasons why CUDA chains cannot run here; numba-cuda is imported only where that decides."""

from __future__ import annotations

from importlib.util import find_spec

from kernels.kernel import Request

PRECISIONS = ("fp32", "fp64", "fp16")


def refuses(request: Request) -> str | None:
    """The reason, or None where the chains can run on this device."""
    if not request.place.device.startswith("cuda"):
        return f"numba-cuda computes on CUDA devices only, not on {request.place.device}"
    if request.precision.name not in PRECISIONS:
        return f"fma has no CUDA implementation for {request.precision.name}"
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
    return None if cuda.is_available() else "numba-cuda finds no CUDA device or no driver"
