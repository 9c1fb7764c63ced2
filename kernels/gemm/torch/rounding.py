"""Rounding to a narrow format by one rule on every device.

A conversion of torch rounds FP64 twice (to FP32 first), and makes what is beyond the largest e4m3
number, infinity too, that number; other libraries make it NaN. Here a number is rounded once while
it is still wide, so that the conversion that follows has nothing left to decide.
"""

import math

import torch

_EXPONENT = {torch.float32: (torch.int32, 0x7F80_0000), torch.float64: (torch.int64, 0x7FF << 52)}
"""Integers as wide, and the bits of the exponent: alone they are the power of two below."""
_WITHOUT_INFINITY = (torch.float8_e4m3fn, torch.float8_e4m3fnuz)


def nearest(values: torch.Tensor, stored: torch.dtype) -> torch.Tensor:
    """FP32 or FP64 numbers in a format of fewer digits, to nearest and ties to even (IEEE 754)."""
    form = torch.finfo(stored)
    integers, exponent = _EXPONENT[values.dtype]
    binade = (values.view(integers) & exponent).view(values.dtype)
    # Numbers below the smallest normal one are as far apart as those above it.
    unit = binade.clamp_(min=form.smallest_normal).mul_(form.eps)
    # All of this is exact but for round_, which rounds ties to even.
    rounded = (values / unit).round_().mul_(unit)
    beyond = math.nan if stored in _WITHOUT_INFINITY else math.inf
    too_large = values.isinf().logical_or_(rounded.abs() > form.max)
    limits = torch.full_like(values, beyond).copysign_(values)
    return torch.where(too_large, limits, rounded).to(stored)


def scale(matrix: torch.Tensor, largest: float) -> torch.Tensor:
    """A power of two: dividing by it is exact, and leaves nothing beyond this largest number."""
    exponent = math.frexp(float(matrix.abs().max()) / largest)[1]
    return torch.tensor(2.0**exponent, device=matrix.device)
