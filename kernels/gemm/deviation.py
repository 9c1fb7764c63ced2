"""How far a product lies from the exact one: sampled rows element by element, all rows in sums.

A sum takes some columns with random signs. All sums, c·S - a·(b·S), cost a product with a matrix
of few columns and see every element (Freivalds, IFIP Congress 1977, pp. 839-842). There are many
small ones, so that a single wrong element stands out of what honest ones add up to.

FP32 and narrower: products of two FP32 numbers are exact in FP64, and its sums are 2^29 times
finer than theirs. FP64: every number is split into a multiple of 2^-16 and the rest. Products of
the first parts are multiples of 2^-32, and by Cauchy-Schwarz no part of their sum exceeds
k·sqrt(width) for unit-normal operands. While that is below 2^21, FP64 adds them up exactly in any
order; the rest is 2^-17 of the whole, and so is its rounding. (The error-free splitting of Ozaki,
Ogita, Oishi and Rump, Numerical Algorithms 59, 2012, pp. 95-118, stopped after one step.)
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
Parts = list[Matrix]

MIN_WIDTH = 16
"""Columns of a sum; more where there would be more sums than MAX_SUMS."""
MAX_SUMS = 128
_TILE = 512
"""Rows and columns widened at a time: 2 MiB in FP64, which stay in the second cache."""
_SHIFT = 1.5 * 2.0**36
"""Added to a number and taken away again, it leaves a multiple of 2^-16."""


def width(n: int) -> int:
    """Columns that are summed up together."""
    return min(n, max(MIN_WIDTH, -(-n // MAX_SUMS)))


def deviations(
    a: Matrix, b: Matrix, c: Matrix, rows: Matrix, random: np.random.Generator
) -> tuple[Matrix, Matrix]:
    """c - a·b of these rows, and (c - a·b)·S of all rows, in FP64.

    Sum g is of the columns g, g + sums, g + 2 sums and so on.
    """
    n = b.shape[1]
    signs = random.choice([-1.0, 1.0], (width(n), -(-n // width(n))))
    top = _parts(a[rows].astype(np.float64), a.dtype)
    exact = [np.zeros((len(rows), n)) for _ in top]
    right = [np.empty((len(b), signs.shape[1])) for _ in top]
    for at, block in _padded(b, signs.size):
        parts = _parts(block, b.dtype)
        _add(exact, _times([part[:, at] for part in top], [part[:, :n] for part in parts]))
        for column_sums, part in zip(right, parts, strict=True):
            column_sums[at] = _summed(part, signs)
    found = [np.empty((len(c), signs.shape[1])) for _ in _parts(c[:0], c.dtype)]
    for at, block in _padded(c, signs.size):
        for row_sums, part in zip(found, _parts(block, c.dtype), strict=True):
            row_sums[at] = _summed(part, signs)
    summed = _less(found, _product(a, right))
    return _less(_parts(c[rows].astype(np.float64), c.dtype), exact), summed


def _padded(matrix: Matrix, columns: int) -> Iterator[tuple[slice, Matrix]]:
    """Rows in FP64, a few at a time in one buffer, filled up with columns of zeros."""
    step = -(-_TILE * _TILE // columns)
    buffer = np.zeros((min(step, len(matrix)), columns))
    for at in _steps(len(matrix), step):
        rows = matrix[at]
        buffer[: len(rows), : rows.shape[1]] = rows
        yield at, buffer[: len(rows)]


def _steps(length: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + step, length)) for start in range(0, length, step))


def _product(a: Matrix, right: Parts) -> Parts:
    exact = [np.zeros((len(a), part.shape[1])) for part in right]
    for down in _steps(len(a), _TILE):
        for across in _steps(a.shape[1], _TILE):
            left = _parts(a[down, across].astype(np.float64), a.dtype)
            _add([part[down] for part in exact], _times(left, [part[across] for part in right]))
    return exact


def _add(total: Parts, parts: Parts) -> None:
    for into, part in zip(total, parts, strict=True):
        into += part


def _parts(wide: Matrix, kind: np.dtype[Any]) -> Parts:
    """Numbers of this kind, now in FP64: as they are, or where they fill it in two addends."""
    if kind != np.float64:
        return [wide]
    high = wide + _SHIFT
    high -= _SHIFT
    return [high, wide - high]


def _summed(block: Matrix, signs: Matrix) -> Matrix:
    sums: Matrix = np.einsum("iwg,wg->ig", block.reshape(len(block), *signs.shape), signs)
    return sums


def _times(left: Parts, right: Parts) -> Parts:
    """The leading product, and for numbers in two parts the rest."""
    if len(left) == 1:
        return [left[0] @ right[0]]
    return [left[0] @ right[0], left[0] @ right[1] + left[1] @ (right[0] + right[1])]


def _less(found: Parts, exact: Parts) -> Matrix:
    """The difference of two sums: what is large cancels first."""
    rest = sum(found[1:], np.float64(0)) - sum(exact[1:], np.float64(0))
    return found[0] - exact[0] + rest
