"""Formats of torch's products: what is stored, what comes out, what it is summed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from kernels.gemm.torch.operands import Operands


@dataclass(frozen=True, slots=True)
class TorchFormat:
    """One precision."""

    stored: torch.dtype
    """What the operands are rounded to."""
    product: torch.dtype
    result: str
    """Precision whose elements are as wide as those of the product, for counting bytes."""
    accumulation: str
    multiply: Callable[[Operands, torch.Tensor], object] | None = None
    """Multiply into a result that exists; None for `torch.mm`."""
    largest: float | None = None
    """Largest number that can be stored, for a format that needs scaling; else None."""
    columns: bool = False
    """Whether B lies in memory column by column, as 8-bit products want it."""
    tf32: bool = False

    def times(self, operands: Operands, product: torch.Tensor) -> None:
        """Multiply two operands into `product`; nothing is allocated."""
        if self.multiply is None:
            torch.mm(operands.left, operands.right, out=product)
        else:
            self.multiply(operands, product)


def of(precision: str, device: torch.device) -> TorchFormat:
    """The format of a precision on this device."""
    if precision == "fp8" and device.type == "cuda" and _has_other_fp8(device):
        return _FNUZ
    return _FORMATS[precision]


def _has_other_fp8(device: torch.device) -> bool:
    """Whether this is an AMD CDNA 3 device, whose e4m3 has no negative zero."""
    if torch.version.hip is None:
        return False
    return str(torch.cuda.get_device_properties(device).gcnArchName).startswith("gfx94")


def _scaled(operands: Operands, product: torch.Tensor) -> None:
    torch._scaled_mm(
        operands.left,
        operands.right,
        scale_a=operands.left_scale,
        scale_b=operands.right_scale,
        out_dtype=product.dtype,
        use_fast_accum=True,
        out=product,
    )


def _integer(operands: Operands, product: torch.Tensor) -> None:
    torch._int_mm(operands.left, operands.right, out=product)


def _fp8(stored: torch.dtype, largest: float) -> TorchFormat:
    # The sum is the hardware's own; the libraries' slow path adds parts of it up once more.
    fast = "fast: in the matrix unit, not promoted to float32"
    return TorchFormat(stored, torch.bfloat16, "bf16", fast, _scaled, largest, columns=True)


_FNUZ = _fp8(torch.float8_e4m3fnuz, 240.0)
_FORMATS = {
    "fp64": TorchFormat(torch.float64, torch.float64, "fp64", "float64"),
    "fp32": TorchFormat(torch.float32, torch.float32, "fp32", "float32"),
    "tf32": TorchFormat(torch.float32, torch.float32, "fp32", "float32", tf32=True),
    "bf16": TorchFormat(torch.bfloat16, torch.bfloat16, "bf16", "float32"),
    "fp16": TorchFormat(torch.float16, torch.float16, "fp16", "float32"),
    "fp8": _fp8(torch.float8_e4m3fn, 448.0),
    # An int32 is as wide as a float32.
    "int8": TorchFormat(torch.int8, torch.int32, "fp32", "int32", _integer, 127.0, columns=True),
}
