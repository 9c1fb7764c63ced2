"""Which products torch cannot do here, as text; it imports torch only where that decides."""

from importlib.util import find_spec

from kernels.gemm.processor import features
from kernels.kernel import Request

# Linux names of the instructions that compute in FP16: x86-64 vectors, x86-64 tiles, Arm vectors.
_NATIVE_FP16 = ("avx512_fp16", "amx_fp16", "asimdhp")


def refuses(request: Request) -> str | None:
    """The reason, or None where torch can multiply on this device in this precision."""
    if find_spec("torch") is None:
        return "torch is not installed; pip install 'capbench[gpu]'"
    on_cpu = request.place.device == "cpu"
    if on_cpu and request.precision.name != "fp16":
        return None
    if on_cpu and not set(_NATIVE_FP16) & set(features()):
        # torch would fall back to a reference loop, a hundred times slower than FP32.
        return "FP16 arithmetic is not native on this CPU (no avx512_fp16, amx_fp16 or asimdhp)"
    import torch

    if on_cpu and not torch.ops.mkldnn._is_mkldnn_fp16_supported():
        return f"the oneDNN of torch {torch.__version__} has no FP16 kernels for this CPU"
    kind = request.place.device.partition(":")[0]
    backend = getattr(torch, kind, None)
    if not on_cpu and (backend is None or not backend.is_available()):
        return f"torch {torch.__version__} finds no {kind} device"
    return None
