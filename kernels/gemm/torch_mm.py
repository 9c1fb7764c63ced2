"""The product by `torch.mm`: one call for the library of every vendor and device."""

import re
from collections.abc import Mapping

import torch

from kernels.gemm import check, dispatch, work
from kernels.gemm.affinity import Confined
from kernels.gemm.processor import vendor
from kernels.isa import cpu_features
from kernels.kernel import Request, Ticks

_DTYPES = {
    "fp64": torch.float64,
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}


class TorchLaunch:
    """`torch.mm` into a result that exists, on any torch device."""

    def __init__(self, request: Request) -> None:
        name = request.precision.name
        self.work = work(request.shape, request.precision, request.precision)
        self.tolerance = check.tolerance(name)
        self._seed = request.seed
        self._confined = Confined(request.place.cpus)
        self._former_threads = torch.get_num_threads()
        torch.set_num_threads(len(request.place.cpus))
        _compute_as_claimed()
        self._device = torch.device(request.place.device)
        self._a, self._b = check.operands(request.shape, name, request.seed)
        as_device = {"device": self._device, "dtype": _DTYPES[name]}
        self._left = torch.from_numpy(self._a).to(**as_device)
        self._right = torch.from_numpy(self._b).to(**as_device)
        self._product = torch.empty(request.shape[:2], **as_device)
        self.run()  # the library starts its threads and chooses its kernel now
        self.executed: Mapping[str, str] = _executed(self._device, name)

    def run(self) -> None:
        torch.mm(self._left, self._right, out=self._product)
        getattr(torch, self._device.type).synchronize()

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        kept = torch.float64 if self._product.dtype == torch.float64 else torch.float32
        product = self._product.to(device="cpu", dtype=kept).numpy()
        return check.error(self._a, self._b, product, self._seed)

    def close(self) -> None:
        del self._left, self._right, self._product
        torch.set_num_threads(self._former_threads)
        self._confined.release()


def _compute_as_claimed() -> None:
    """FP32 is FP32 (no TF32, no BF16 in its place), and narrow formats are summed in FP32."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def _executed(device: torch.device, precision: str) -> dict[str, str]:
    executed = {
        "library": f"torch {torch.__version__}",
        "device": device.type,
        "accumulation": "float64" if precision == "fp64" else "float32",
        "result": str(_DTYPES[precision]).removeprefix("torch."),
        "tf32": "off",
    }
    if device.type != "cpu":
        return executed | {"device": getattr(torch, device.type).get_device_name(device)}
    executed["threads"] = str(torch.get_num_threads())
    built = torch.__config__.show()
    wide = precision in ("fp32", "fp64")
    pattern = r"Math Kernel Library Version (\S+)-" if wide else r"MKL-DNN v(\S+)"
    found = re.search(pattern, built)
    if found is None:
        return executed
    executed["blas"] = f"{'MKL' if wide else 'oneDNN'} {found[1]}"
    lost = dispatch.finding("mkl" if wide else "onednn", None, vendor(), cpu_features())
    return executed | ({"finding": lost} if lost else {})
