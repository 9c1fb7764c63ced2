"""Vector pipe: chains of fused multiply-adds that stay in registers, on every core.

The shape is (chunks, vector instructions in a chunk). The chunk is the unit that is timed inside
the kernel; its instructions are rounded up to whole passes of the loop. On a CUDA device every warp
scheduler runs so many instructions a chunk, as every core does on a CPU: `numba-cuda` one number or
FP16 pair at a time, `numba-cuda-f32x2` two FP32 numbers where the silicon takes them together.
"""

from __future__ import annotations

from kernels.codegen.isa import cpu_features
from kernels.fma import packed
from kernels.fma.formats import FORMATS, MAX_BF16_PASSES
from kernels.kernel import Kernel, Launch, Request

_PORTABLE = ("fp32", "fp64")
# At two instructions a cycle and 3.5 GHz 115 µs a chunk: where others take the core twice in a
# millisecond, most chunks still end undisturbed. 73 ms a launch: handing it over costs 0.1 %.
DEFAULT_SHAPE = (640, 800_000)


def refuses(request: Request) -> str | None:
    """Why these chains cannot run here, or None: never a format that is only emulated."""
    name = request.precision.name
    if request.implementation.startswith("numba-cuda"):
        from kernels.fma.cuda_refusal import refuses as cuda_refuses

        return cuda_refuses(request)
    if request.place.device != "cpu":
        return f"{request.implementation} computes on the CPU only, not on {request.place.device}"
    if len(request.shape) != 2 or min(request.shape) < 1:
        return f"fma needs a shape (chunks, instructions) of positive counts, not {request.shape}"
    if request.implementation == "numba-portable":
        return None if name in _PORTABLE else f"fma has no portable implementation for {name}"
    if request.implementation != "numba" or name not in FORMATS:
        return f"fma has no implementation {request.implementation!r} for {name}"
    form = FORMATS[name]
    pipe = form.pipe(cpu_features())
    if pipe is None:
        missing = " or ".join(pipe.feature for pipe in form.pipes)
        return f"{name} arithmetic is not native on this CPU (no {missing})"
    if name == "bf16" and request.shape[1] > MAX_BF16_PASSES * 2 * pipe.chains:
        return f"a bf16 chunk of {request.shape[1]} instructions is too long to be checked exactly"
    return None


def prepare(request: Request) -> Launch:
    """Draw the operands, compile the loop or read it from the cache, start the workers."""
    if request.implementation.startswith("numba-cuda"):
        from kernels.fma.cuda_launch import CudaFmaLaunch

        return CudaFmaLaunch(request)
    from kernels.fma.launch import FmaLaunch

    return FmaLaunch(request)


KERNEL = Kernel(
    name="fma",
    measures="ops",
    implementations=("numba", "numba-portable", "numba-cuda", packed.IMPLEMENTATION),
    precisions=tuple(FORMATS),
    refuses=refuses,
    prepare=prepare,
    default_shape=DEFAULT_SHAPE,
    absent_from=packed.absent_from,
)
