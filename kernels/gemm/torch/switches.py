"""What torch was told about FP32 before: set so that it computes what is claimed, and put back.

FP32 may be multiplied in TF32 or BF16 on NVIDIA and on CPUs with AMX, in HF32 on Ascend; sums of
narrow formats may be narrow. Which of these switches there are hangs on the version of torch.
"""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from typing import Any

import torch

_WANTED: tuple[tuple[str, str, object], ...] = (
    # torch 2.9 and later; set for products, it stands above what is set for all operations.
    ("backends.cuda.matmul", "fp32_precision", "ieee"),
    ("backends.mkldnn.matmul", "fp32_precision", "ieee"),
    ("backends.cuda.matmul", "allow_fp16_reduced_precision_reduction", False),
    ("backends.cuda.matmul", "allow_bf16_reduced_precision_reduction", False),
    ("backends.cuda.matmul", "allow_fp16_accumulation", False),  # torch 2.7 and later
    ("npu.matmul", "allow_hf32", False),  # torch_npu
)
_MIXED = "different for each library"


class AsClaimed:
    """FP32 is FP32, or TF32 where that is claimed, and narrow formats are summed in FP32."""

    def __init__(self, tf32: bool) -> None:
        self._precision = _float32_matmul_precision()
        self._former = {
            (path, name): getattr(holder, name)
            for path, name, _ in _WANTED
            if (holder := _found(path, name)) is not None
        }
        # First, since it sets some of the others too.
        torch.set_float32_matmul_precision("high" if tf32 else "highest")
        for path, name, wanted in _WANTED:
            if (path, name) in self._former:
                setattr(_found(path, name), name, "tf32" if tf32 and wanted == "ieee" else wanted)

    @property
    def found(self) -> str:
        """What was set before: torch's word for all products, then each switch apart from it."""
        apart = [f"{path}.{name}={value}" for (path, name), value in self._former.items()]
        return ", ".join([self._precision, *apart])

    def release(self) -> None:
        """Give everything back the value that it had."""
        if self._precision != _MIXED:
            torch.set_float32_matmul_precision(self._precision)
        for (path, name), value in self._former.items():
            setattr(_found(path, name), name, value)


def _float32_matmul_precision() -> str:
    try:
        return str(torch.get_float32_matmul_precision())
    except RuntimeError:  # torch 2.9 and later, where the libraries were not told the same
        return _MIXED


def _found(path: str, name: str) -> Any:
    """What has this switch, or None in a torch without it."""
    with suppress(AttributeError, AssertionError):  # torch's matmul modules raise either
        holder = reduce(getattr, path.split("."), torch)
        getattr(holder, name)
        return holder
    return None
