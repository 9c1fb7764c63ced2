"""Operands drawn on the device: N(0, 1) by the seed, rounded, and several sets of them.

Every set is a product of its own. A launch goes through all of them, so that no last-level cache
holds what comes next and the device never idles to flush it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from kernels.gemm.torch.rounding import nearest, scale
from kernels.kernel import Shape

ROTATED_BYTES = 512 << 20
"""All sets together are larger: twice the 256 MiB of the MI300X, the largest last-level cache."""
INT8_SCALE = 127 / 4
"""Four standard deviations are the largest int8; what lies beyond, 6 in 100 000, is clamped."""


@dataclass(frozen=True, slots=True)
class Operands:
    """A (m x k) and B (k x n) as they are multiplied."""

    left: torch.Tensor
    right: torch.Tensor
    left_scale: torch.Tensor | None = None
    """What a stored element of A is worth; None where it is worth itself."""
    right_scale: torch.Tensor | None = None


def count(set_bytes: int) -> int:
    """How many sets of operands and product are needed to outgrow every cache."""
    return ROTATED_BYTES // set_bytes + 1


def draw(
    shape: Shape, wide: torch.dtype, device: torch.device, seed: int, index: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """A and B of set `index`, independent N(0, 1), the same again for the same arguments."""
    m, n, k = shape
    # Mixed, because the CPU's generator looks at 32 bits of a seed only.
    mixed = np.random.SeedSequence([seed, index]).generate_state(1, np.uint32)
    random = torch.Generator(device).manual_seed(int(mixed[0]))
    options = {"generator": random, "device": device, "dtype": wide}
    return torch.randn((m, k), **options), torch.randn((k, n), **options)


def rounded(
    a: torch.Tensor, b: torch.Tensor, stored: torch.dtype, largest: float | None, columns: bool
) -> Operands:
    """A and B in the format that they are multiplied in."""
    if stored == torch.int8:
        return Operands(to_int8(a), _laid_out(to_int8(b), columns))
    if stored in (torch.float32, torch.float64):
        return Operands(a, _laid_out(b, columns))
    if largest is None:
        return Operands(nearest(a, stored), _laid_out(nearest(b, stored), columns))
    left, right = scale(a, largest), scale(b, largest)
    scaled = nearest(a / left, stored), nearest(b / right, stored)
    return Operands(scaled[0], _laid_out(scaled[1], columns), left, right)


def to_int8(x: torch.Tensor) -> torch.Tensor:
    """N(0, 1) as integers from -127 to 127, symmetric and to the nearest."""
    return (x * INT8_SCALE).round_().clamp_(-127, 127).to(torch.int8)


def set_bytes(shape: Shape, stored: torch.dtype, product: torch.dtype) -> int:
    """Bytes of one set: both operands and the product."""
    m, n, k = shape
    return int(stored.itemsize * k * (m + n) + product.itemsize * m * n)


def _laid_out(matrix: torch.Tensor, columns: bool) -> torch.Tensor:
    return matrix.t().contiguous().t() if columns else matrix
