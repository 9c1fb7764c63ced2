"""BF16 of FP32: the bits of ties, of both neighbours, and of what is no number."""

import numpy as np
import pytest

from kernels.gemm.rounding import to_bfloat16

ULP = 2.0**-7
TINY = 2.0**-133
"""The smallest subnormal number of BF16."""


@pytest.mark.parametrize(
    ("value", "bits"),
    [
        (1 + ULP / 2, 0x3F80),  # a tie: down to even
        (1 + 3 * ULP / 2, 0x3F82),  # a tie: up to even
        (1 + ULP / 2 + 2.0**-23, 0x3F81),
        (1 + ULP / 2 - 2.0**-23, 0x3F80),
        (-1 - 3 * ULP / 2, 0xBF82),
        (2 - ULP / 2, 0x4000),
        (TINY / 2, 0x0000),
        (3 * TINY / 2, 0x0002),
        (-0.0, 0x8000),
        (3.3895e38, 0x7F7F),
        (3.4e38, 0x7F80),
        (np.inf, 0x7F80),
        (-np.inf, 0xFF80),
    ],
)
def test_a_number_goes_to_the_nearest_and_a_tie_to_even(value: float, bits: int) -> None:
    assert to_bfloat16(np.array([value], np.float32)) == bits


@pytest.mark.parametrize("bits", [0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000])
def test_what_is_not_a_number_stays_none(bits: int) -> None:
    (found,) = to_bfloat16(np.array([bits], np.uint32).view(np.float32))
    assert np.isnan((np.array([found], np.uint32) << 16).view(np.float32)).item()
