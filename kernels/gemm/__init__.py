"""C = A·B, row-major, any shape: the matrix pipe in every precision, by several implementations.

The shape is (m, n, k): A is m x k, B is k x n. Each implementation is a module of its own that is
imported only when it is asked for; what it multiplies and how the result is checked is the same.
"""

from __future__ import annotations

from importlib.util import find_spec

from kernels.codegen.isa import cpu_features
from kernels.gemm.cpu_numba import amx
from kernels.gemm.cpu_numba.tile import TILES, tiles
from kernels.kernel import Kernel, Launch, Request, Shape, Work
from kernels.precision import Precision

_PRECISIONS = {
    "numba": ("fp32", "fp64", "bf16"),
    "numpy": ("fp32", "fp64"),
    "torch": ("fp32", "fp64", "tf32", "bf16", "fp16", "fp8", "int8"),
}

# The four arrays are 64 MiB in FP32: more than a second cache, little for any machine.
DEFAULT_SHAPE = (2048, 2048, 2048)


def work(shape: Shape, precision: Precision, result: Precision) -> Work:
    """2MNK operations; both operands and the result moved once, the result in its own format."""
    m, n, k = shape
    moved = (m * k + k * n) * precision.storage_bytes + m * n * result.storage_bytes
    return Work(ops=2 * m * n * k, bytes_moved=int(moved))


def refuses(request: Request) -> str | None:
    """Why this product cannot be measured here, or None; imports torch where that decides."""
    name, precision = request.implementation, request.precision.name
    if precision not in _PRECISIONS.get(name, ()):
        return f"gemm has no implementation {name!r} for {precision}"
    if len(request.shape) != 3 or min(request.shape) < 1:
        return f"gemm needs a shape (m, n, k) of positive sizes, found {request.shape}"
    if name == "torch":
        from kernels.gemm.torch.refusal import refuses as torch_refuses

        return torch_refuses(request)
    if request.place.device != "cpu":
        return f"{name} computes on the CPU only, not on {request.place.device}"
    if name == "numba":
        return _refuses_numba(precision)
    missing = [library for library in (name, "threadpoolctl") if find_spec(library) is None]
    return f"{missing[0]} is not installed; pip install '{missing[0]}'" if missing else None


def prepare(request: Request) -> Launch:
    """Make the operands, start the threads and run once, so that `run` only multiplies."""
    if request.implementation == "torch":
        from kernels.gemm.torch.launch import TorchLaunch

        return TorchLaunch(request)
    if request.implementation == "numba":
        from kernels.gemm.cpu_numba.launch import NumbaLaunch

        return NumbaLaunch(request)
    from kernels.gemm.library.numpy_blas import NumpyLaunch

    return NumpyLaunch(request)


def _refuses_numba(precision: str) -> str | None:
    found = tiles(precision, cpu_features())
    if not found:
        wanted = " or ".join(tile.feature for tile in TILES if tile.precision == precision)
        return f"{precision} vector arithmetic is not native on this CPU (no {wanted})"
    return amx.denied() if found[0].instruction == "amx" else None


KERNEL = Kernel(
    name="gemm",
    measures="ops",
    implementations=tuple(_PRECISIONS),
    precisions=_PRECISIONS["torch"],
    refuses=refuses,
    prepare=prepare,
    default_shape=DEFAULT_SHAPE,
)
