"""Operands of a product, and the bound on its distance from the exact one."""

import math
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
_BLOCK = 1024  # rows or columns widened at a time, so that a check needs little memory


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

    One opens sampled rows, the first and the last among them, and compares each element with a
    product in FP64 (in the platform's long double for FP64). The other sees all rows: it
    multiplies with a random vector of signs s and compares c·s with a·(b·s), whose errors are
    sqrt(n) larger (Freivalds, IFIP Congress 1977, pp. 839-842, as an estimate of size).
    """
    (m, k), n = a.shape, b.shape[1]
    random = np.random.Generator(np.random.Philox(seed))
    wide = np.longdouble if a.dtype == np.float64 else np.float64
    rows = np.unique([0, m - 1, *random.integers(0, m, OPENED_ROWS)])
    opened = a[rows].astype(wide)
    exact = np.concatenate(
        [opened @ b[:, j : j + _BLOCK].astype(wide) for j in range(0, n, _BLOCK)], axis=1
    )
    signs = random.choice([-1.0, 1.0], n).astype(wide)
    projected = _times(c, signs) - _times(a, _times(b, signs))
    return float(
        np.maximum(  # unlike max(), it lets a NaN through
            _rms(c[rows] - exact) / math.sqrt(k), _rms(projected) / math.sqrt(k * n)
        )
    )


def _times(matrix: Matrix, vector: Matrix) -> Matrix:
    blocks = range(0, len(matrix), _BLOCK)
    return np.concatenate([matrix[i : i + _BLOCK].astype(vector.dtype) @ vector for i in blocks])


def _rms(values: Matrix) -> Any:
    return np.sqrt(np.mean(np.square(values)))
