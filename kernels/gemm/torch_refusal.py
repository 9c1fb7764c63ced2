"""Which products torch cannot do here, as text; it imports torch only where that decides."""

from importlib.util import find_spec

from kernels.isa import cpu_features
from kernels.kernel import Request

# Extensions that compute in FP16: vectors and tiles of x86-64, vectors of Arm.
_NATIVE_FP16 = ("avx512fp16", "amxfp16", "asimdhp")


def refuses(request: Request) -> str | None:
    """The reason, or None where torch can multiply on this device in this precision."""
    if find_spec("torch") is None:
        return "torch is not installed; pip install 'capbench[gpu]'"
    on_cpu = request.place.device == "cpu"
    if on_cpu and request.precision.name != "fp16":
        return None
    if on_cpu and not set(_NATIVE_FP16) & cpu_features():
        # torch would fall back to a reference loop, a hundred times slower than FP32.
        return "FP16 arithmetic is not native on this CPU (no avx512fp16, amxfp16 or asimdhp)"
    import torch

    if on_cpu and not torch.ops.mkldnn._is_mkldnn_fp16_supported():
        return f"the oneDNN of torch {torch.__version__} has no FP16 kernels for this CPU"
    kind = request.place.device.partition(":")[0]
    backend = getattr(torch, kind, None)
    if not on_cpu and (backend is None or not backend.is_available()):
        return f"torch {torch.__version__} finds no {kind} device"
    return None
