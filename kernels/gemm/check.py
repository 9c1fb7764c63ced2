"""Operands of a product, and the bound on its distance from the exact one."""

import math
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from kernels.gemm import deviation
from kernels.gemm.deviation import deviations, width
from kernels.kernel import Shape

Matrix = deviation.Matrix

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
CREST = 11
"""Largest deviation of an honest product, over the typical one, in sums of FEW columns or more.

Rounded operands make them normal: 11 has a probability of 4e-28. Where the operands are exact, what
the rounding of partial sums adds follows their random walk: E = Z sqrt(2 V) with Z normal and V the
integral of the square of a Brownian motion, E[exp(tE)] = cos(t sqrt(2))^(-1/2) (Cameron and Martin,
Bulletin of the AMS 51, 1945, pp. 73-90). Chernoff's bound is 1e-13 for 16 of them and either sign,
5e-8 for all sums of 2048 x 2048. An element by itself may be as large as in a sum of 16 (44:
1e-20), and for k below 16, where even a product of two normals strays far, all limits are wider by
the root of 16 / k. Simulated formats reached 8 in sums and 14 in elements for k of 16 and more."""
FEW = 16
_JUDGED = 256
"""Fewer deviations have no typical size; among them a wrong one shows in the RMS."""
_MEDIAN = 0.6745
"""Median of |x| of a normal x of variance 1."""


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

    One opens sampled rows, the first and the last among them, and looks at each element. The other
    sees all rows in sums of columns, whose errors are sqrt(width) larger. It is infinite where a
    few deviations are too large for the others: the result is wrong in places.
    """
    (m, k), n = a.shape, b.shape[1]
    random = np.random.Generator(np.random.Philox(seed))
    rows = np.unique([0, m - 1, *random.integers(0, m, OPENED_ROWS)])
    # One thread: a worker is confined to CPUs of which the library does not know, and while one
    # thread waits for a CPU, the others spin at the end of every one of the many small products.
    with (
        _one_thread(),
        np.errstate(invalid="ignore", over="ignore"),  # of a result that is not finite
    ):
        opened, summed = deviations(a, b, c, rows, random)
        # NumPy's maximum, unlike Python's, lets a NaN through.
        return float(np.maximum(_size(opened, 1, k), _size(summed, width(n), k)))


def _size(deviations: Matrix, columns: int, k: int) -> float:
    """RMS an element over sqrt(k), of deviations that are sums of so many columns."""
    size = float(np.sqrt(np.mean(np.square(deviations)) / (columns * k)))
    if deviations.size < _JUDGED:
        return size
    magnitudes = np.abs(deviations)
    allowed = CREST * math.sqrt(max(1, FEW / columns) * max(1, FEW / k))
    # Where a NaN is, nothing is larger than anything, and the NaN is handed on.
    wrong = np.max(magnitudes) > allowed * np.median(magnitudes) / _MEDIAN
    return math.inf if wrong else size


def _one_thread() -> AbstractContextManager[object]:
    """BLAS in one thread; as many as it likes where nothing is installed that could tell it."""
    try:
        import threadpoolctl
    except ModuleNotFoundError:
        return nullcontext()
    limits: AbstractContextManager[object] = threadpoolctl.threadpool_limits(1, user_api="blas")
    return limits
