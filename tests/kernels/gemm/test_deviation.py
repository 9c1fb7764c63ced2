"""Deviations from the exact product, against arithmetic in whole numbers."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from kernels.gemm import check
from kernels.gemm.deviation import deviations, width


def random() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(5))


def signs(n: int) -> check.Matrix:
    """The matrix S: column j is in sum j modulo the number of sums."""
    sums = -(-n // width(n))
    drawn = random().choice([-1.0, 1.0], (width(n), sums)).ravel()[:n]
    matrix = np.zeros((n, sums))
    matrix[np.arange(n), np.arange(n) % sums] = drawn
    return matrix


@pytest.mark.parametrize("n", [1, 15, 16, 17, 200, 530, 2048, 2049, 8192])
def test_a_sum_takes_16_columns_or_a_128th_of_all(n: int) -> None:
    assert width(n) == min(n, max(16, -(-n // 128)))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 7, 16, 45, 530])
def test_whole_numbers_deviate_by_exactly_what_was_added(n: int, kind: type[Any]) -> None:
    numbers = np.random.Generator(np.random.Philox(1))
    a, b = (numbers.integers(-9, 10, shape).astype(kind) for shape in ((600, 1100), (1100, n)))
    added = numbers.integers(-3, 4, (600, n)).astype(np.float64)
    rows = np.array([0, 3, 599])

    opened, summed = deviations(a, b, (a @ b + added).astype(kind), rows, random())

    np.testing.assert_array_equal(opened, added[rows])
    np.testing.assert_array_equal(summed, added @ signs(n))


def whole(matrix: check.Matrix) -> Any:
    """The numbers times 2^80, as Python's integers: exact, as none has bits below 2^-80."""
    return np.vectorize(lambda x: int(Fraction(float(x)) * 2**80), otypes=[object])(matrix)


@pytest.mark.parametrize(("precision", "unit"), [("fp32", 2.0**-24), ("fp64", 2.0**-53)])
def test_deviations_are_a_thousand_times_finer_than_the_rounding_that_they_show(
    precision: str, unit: float
) -> None:
    a, b = check.operands((60, 90, 530), precision, 1)
    product, rows = a @ b, np.array([0, 7, 59])
    wanted = whole(product) * 2**80 - whole(a) @ whole(b)

    opened, summed = deviations(a, b, product, rows, random())

    finest = unit * np.sqrt(530) / 1000
    wanted_sums = (wanted @ signs(90).astype(int).astype(object) / 2**160).astype(np.float64)
    assert np.max(np.abs(opened - (wanted[rows] / 2**160).astype(np.float64))) < finest
    assert np.max(np.abs(summed - wanted_sums)) < 4 * finest
