"""FP32 numbers as BF16, which NumPy lacks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RULE = "to nearest, ties to even, once from FP32; beyond the largest number infinite or NaN"
"""What all operands of narrow formats are rounded by, whatever the library does by itself."""

_QUIET = 0x7FC0


def to_bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper half of the bits, after half a unit less the last bit's parity was added.

    >>> [hex(bits) for bits in to_bfloat16(np.float32([1, 1 + 2**-8, 1 + 3 * 2**-8]))]
    ['0x3f80', '0x3f80', '0x3f82']
    """
    bits: NDArray[Any] = values.view(np.uint32)
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    # A NaN would carry into its sign and become a number.
    return np.where(np.isnan(values), _QUIET, rounded).astype(np.uint16)
