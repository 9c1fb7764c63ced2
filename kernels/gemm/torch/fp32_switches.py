"""Switches by which torch computes FP32 products in something else; set as claimed, and put back.

Old: `set_float32_matmul_precision` and `cuda.matmul.allow_tf32`. New, from torch 2.9 on: one
`fp32_precision` for each library ("ieee", "tf32", "bf16", "none"), of which the old ones know
nothing: reading them then raises. Ascend has HF32, its TF32, in a switch of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch

LIBRARIES = ("cuda.matmul", "mkldnn.matmul")
"""Below `torch.backends`, each with an `fp32_precision` where torch is new enough."""
NEUTRAL = ("none", "ieee", "highest", "False")
"""What changes no FP32 product; everything else is recorded."""


def found() -> dict[str, str]:
    """Switches of this process that change FP32 products, by name."""
    told = {f"{name}.fp32_precision": getattr(of, "fp32_precision", None) for name, of in _each()}
    with suppress(RuntimeError):  # set one by one, which the old function refuses to sum up
        told["float32_matmul_precision"] = torch.get_float32_matmul_precision()
    if (npu := _npu()) is not None:
        told["npu.matmul.allow_hf32"] = str(npu.allow_hf32)
    return {k: str(v) for k, v in told.items() if v is not None and str(v) not in NEUTRAL}


@contextmanager
def as_claimed(tf32: bool) -> Iterator[dict[str, str]]:
    """FP32 is FP32, or TF32 where that is claimed, until the block ends; yields what was found."""
    before = found()
    former = [(of, of.fp32_precision) for _, of in _each() if hasattr(of, "fp32_precision")]
    old = None
    with suppress(RuntimeError):
        old = torch.get_float32_matmul_precision()
    npu = _npu()
    hf32 = None if npu is None else npu.allow_hf32
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    if npu is not None:
        npu.allow_hf32 = False
    try:
        yield before
    finally:
        # The old one first: it sets the new ones too.
        torch.set_float32_matmul_precision(old or "highest")
        for of, precision in former:
            of.fp32_precision = precision
        if npu is not None:
            npu.allow_hf32 = hf32


def _each() -> Iterator[tuple[str, Any]]:
    for name in LIBRARIES:
        backend, _, part = name.partition(".")
        of = getattr(getattr(torch.backends, backend, None), part, None)
        if of is not None:
            yield name, of


def _npu() -> Any | None:
    """The switch of Huawei's plugin (torch_npu, `torch.npu.matmul.allow_hf32`)."""
    return getattr(getattr(torch, "npu", None), "matmul", None)
