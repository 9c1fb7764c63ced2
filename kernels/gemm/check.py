"""Operands of a product, and the bound on its distance from the exact one."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels.kernel import Shape

Matrix = NDArray[Any]

BANDS = {
    # RMS(error) / sqrt(k) of an honest product of unit-normal operands, from below and above.
    # FP32, TF32 and BF16: measured bands of the audit rule on error fingerprints. FP64: the band
    # of FP32 times 2^-29, the ratio of the unit roundoffs 2^-53 and 2^-24. FP16 has the 11-bit
    # significand of TF32, so rounding both operands costs the same sqrt(2) * 2e-4, and rounding
    # the result to FP16 another 2e-4: the band of TF32. (All with sums kept in FP32 or better.)
    "fp64": (1.9e-17, 5.6e-15),
    "fp32": (1e-8, 3e-6),
    "tf32": (5e-5, 1e-3),
    "fp16": (5e-5, 1e-3),
    "bf16": (5e-4, 1e-2),
    # e4m3 has 2^4 times the unit roundoff of BF16, and 2^4 times its error of 2.3e-3: 3.7e-2. The
    # ends are halfway, by factor, to BF16 with a BF16 result (2.9e-3) and to e5m2 (7.4e-2).
    "fp8": (1e-2, 5.2e-2),
    # Integers are held against the exact product of the same integers.
    "int8": (0.0, 0.0),
}

OPENED_ROWS = 8
CREST = 8.0
"""Largest error of a row over the RMS of all rows. Each is a sum over a whole row of roundings, so
nearly Gaussian: of 16 384 honest rows the largest is about 4.2 times the RMS, and 8 times is seen
once in 5e10 products. In BF16 and 2048 columns one element that is wrong by 1.1 standard deviations
of the result is more, in FP8 one that is wrong by 14."""
_BLOCK_BYTES = 4 << 20  # widened at a time into one buffer: touching fresh memory is what is slow


def tolerance(precision: str) -> float:
    """Upper end of the band of this precision."""
    return BANDS[precision][1]


def operands(shape: Shape, precision: str, seed: int) -> tuple[Matrix, Matrix]:
    """A (m x k) and B (k x n), independent N(0, 1) by Philox, in FP64 for fp64 and else in FP32.

    A narrower format is rounded from these, so that its rounding is part of the error.
    """
    m, n, k = shape
    random = np.random.Generator(np.random.Philox(seed))
    if precision == "fp64":
        return random.standard_normal((m, k)), random.standard_normal((k, n))
    return (
        random.standard_normal((m, k), dtype=np.float32),
        random.standard_normal((k, n), dtype=np.float32),
    )


def error(a: Matrix, b: Matrix, c: Matrix, seed: int) -> float:
    """RMS(c - a·b) / sqrt(k), the larger of two estimates; NaN where c holds one.

    Infinite where few rows hold most of the error: a result that is wrong in some places hides
    below the roundings of a narrow format in any mean.

    One opens sampled rows, the first and the last among them, and compares each element with a
    product in FP64 (in the platform's long double for FP64). The other sees all rows: it
    multiplies with a random vector of signs s and compares c·s with a·(b·s), whose errors are
    sqrt(n) larger (Freivalds, IFIP Congress 1977, pp. 839-842, as an estimate of size).
    """
    (m, k), n = a.shape, b.shape[1]
    random = np.random.Generator(np.random.Philox(seed))
    wide = np.longdouble if a.dtype == np.float64 else np.float64
    rows = np.unique([0, m - 1, *random.integers(0, m, OPENED_ROWS)])
    exact = _product(a[rows].astype(wide), b)
    signs = random.choice([-1.0, 1.0], n).astype(wide)
    projected = _times(c, signs) - _times(a, _times(b, signs))
    if np.max(np.abs(projected)) > CREST * _rms(projected):
        return math.inf
    return float(
        np.maximum(  # unlike max(), it lets a NaN through
            _rms(c[rows] - exact) / math.sqrt(k), _rms(projected) / math.sqrt(k * n)
        )
    )


def _product(left: Matrix, right: Matrix) -> Matrix:
    """Few rows times a whole matrix, in the precision of the rows."""
    product = np.zeros((len(left), right.shape[1]), left.dtype)
    for at, block in _widened(right, left.dtype):
        product += left[:, at] @ block
    return product


def _times(matrix: Matrix, vector: Matrix) -> Matrix:
    product = np.empty(len(matrix), vector.dtype)
    for at, block in _widened(matrix, vector.dtype):
        product[at] = block @ vector
    return product


def _widened(matrix: Matrix, wide: Any) -> Iterator[tuple[slice, Matrix]]:
    """Blocks of rows in a wider format, one after the other in the same memory."""
    rows = max(1, _BLOCK_BYTES // (matrix.shape[1] * np.dtype(wide).itemsize))
    buffer = np.empty((min(rows, len(matrix)), matrix.shape[1]), wide)
    for first in range(0, len(matrix), rows):
        at = slice(first, min(first + rows, len(matrix)))
        block = buffer[: at.stop - first]
        block[...] = matrix[at]
        yield at, block


def _rms(values: Matrix) -> Any:
    return np.sqrt(np.mean(np.square(values)))
