"""Single wrong elements of a product, against the device's own product in a wider format.

The check on the host (`kernels.gemm.check`) opens a few rows and sees the others as sums, in which
one wrong element hides below the roundings of a narrow format. Here every element is seen, by
other units of the device; whether the device as a whole is right, the host decides.
"""

from __future__ import annotations

import torch

from kernels.gemm.torch.operands import Operands

CREST = 32.0
"""Largest difference over the RMS of all. Rounding the result to BF16 costs half a unit in its last
place, which grows with the element: of 10^8 elements the largest, 5.7 standard deviations, is off
by 20 times the RMS at the most. What is wrong is off by hundreds."""
_WIDER = {"bf16": torch.float32, "fp16": torch.float32, "fp8": torch.float32,
          "tf32": torch.float64, "fp32": torch.float64}  # fmt: skip
_ROWS = 2048


def crest(operands: Operands, product: torch.Tensor, precision: str) -> float | None:
    """The largest difference of any element over the RMS of all; NaN where one is NaN.

    None for FP64, which has no wider format, for INT8, whose sums on the host are exact, and where
    the device cannot multiply in the wider format.
    """
    wider = _WIDER.get(precision)
    if wider is None:
        return None
    scale = 1.0
    if operands.left_scale is not None and operands.right_scale is not None:
        scale = float(operands.left_scale) * float(operands.right_scale)
    largest, squares = 0.0, 0.0
    try:
        right = operands.right.to(wider)
        for first in range(0, len(product), _ROWS):
            exact = operands.left[first : first + _ROWS].to(wider) @ right
            off = product[first : first + _ROWS].to(wider) - exact * scale
            found = float(off.abs().max())
            if found != found:
                return found
            largest = max(largest, found)
            squares += float(off.square().sum())
    except (torch.cuda.OutOfMemoryError, NotImplementedError, TypeError):
        return None
    rms = (squares / product.numel()) ** 0.5
    return largest / rms if rms > 0 else 0.0
