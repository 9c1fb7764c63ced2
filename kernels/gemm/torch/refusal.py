"""Products that torch cannot do here, with the reason; torch is imported only if that decides."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from kernels.codegen.isa import cpu_features
from kernels.kernel import Request, Shape
from kernels.runtime import torch_device

# Extensions that compute in FP16: vectors and tiles of x86-64, vectors of Arm.
_NATIVE_FP16 = ("avx512fp16", "amxfp16", "asimdhp")
_NEEDS_CAPABILITY = {"tf32": (8, 0), "bf16": (8, 0), "fp16": (7, 0), "int8": (7, 5), "fp8": (8, 9)}
"""First compute capability whose matrix units have the format (CUDA C++ Programming Guide)."""
_AMD_WITH_FP8 = ("gfx94", "gfx95", "gfx12")
_EVERYWHERE = ("fp32", "bf16", "fp16")


def refuses(request: Request) -> str | None:
    """The reason, or None where torch can multiply on this device in this precision."""
    name = request.precision.name
    if (reason := _misshapen(name, request.shape)) is not None:
        return reason
    if request.place.device == "cpu":
        return _refuses_on_cpu(name)
    if (reason := torch_device.absent(request.place.device)) is not None:
        return reason
    import torch

    device = torch.device(request.place.device)
    if device.type != "cuda":
        # What of these a vendor's backend has natively, and what it emulates, it does not say.
        native = name in _EVERYWHERE
        return None if native else f"{name} products are not known to be native on {device.type}"
    properties = torch.cuda.get_device_properties(device)
    return _refuses_amd(name, properties) if torch.version.hip else _refuses_cuda(name, properties)


def _refuses_on_cpu(name: str) -> str | None:
    if find_spec("torch") is None:
        return "torch is not installed; pip install '.[gpu]'"
    if name in ("tf32", "fp8", "int8"):
        # FP8 would go through a reference loop of oneDNN's (`ref:any`), thousands of times slower
        # than BF16; TF32 would be BF16 or FP32 under another name.
        return f"{name} products of torch are not native on the CPU, on accelerators only"
    if name != "fp16":
        return None
    if not set(_NATIVE_FP16) & cpu_features():
        # torch would fall back to a reference loop, a hundred times slower than FP32.
        return "FP16 arithmetic is not native on this CPU (no avx512fp16, amxfp16 or asimdhp)"
    import torch

    if not torch.ops.mkldnn._is_mkldnn_fp16_supported():
        return f"the oneDNN of torch {torch.__version__} has no FP16 kernels for this CPU"
    return None


def _refuses_cuda(name: str, properties: Any) -> str | None:
    needed, found = _NEEDS_CAPABILITY.get(name, (0, 0)), (properties.major, properties.minor)
    if found >= needed:
        return None
    return (
        f"{properties.name} has no {name} matrix unit: compute capability "
        f"{found[0]}.{found[1]}, {needed[0]}.{needed[1]} is needed"
    )


def _refuses_amd(name: str, properties: Any) -> str | None:
    architecture = str(properties.gcnArchName).partition(":")[0]
    if name == "tf32":
        return "torch multiplies TF32 on NVIDIA devices only"
    if name == "fp8" and not architecture.startswith(_AMD_WITH_FP8):
        return f"{properties.name} ({architecture}) has no fp8 matrix unit"
    return None


def _misshapen(name: str, shape: Shape) -> str | None:
    """8-bit products want whole vectors of 16 bytes."""
    m, n, k = shape
    if name not in ("fp8", "int8") or (m > 16 and n % 16 == 0 and k % 16 == 0):
        return None
    return f"{name} products need more than 16 rows and n and k divisible by 16, found {shape}"
