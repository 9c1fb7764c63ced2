import numpy as np
import pytest

from kernels.gemm import check

SHAPE = (300, 200, 250)


def rounded(matrix: check.Matrix, bits: int) -> check.Matrix:
    """The matrix with a significand of so many bits, to nearest."""
    significand, exponent = np.frexp(matrix.astype(np.float64))
    return np.ldexp(np.round(np.ldexp(significand, bits)), exponent - bits)


def test_the_error_of_a_known_deviation_is_its_rms_over_the_root_of_k() -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    noise = np.random.Generator(np.random.Philox(2)).standard_normal(exact.shape)
    measured = check.error(a, b, exact + 0.01 * noise, 3)
    assert measured == pytest.approx(0.01 / np.sqrt(250), rel=0.15)


def test_an_fp32_product_fits_fp32_and_no_narrower_band() -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    error = check.error(a, b, a @ b, 3)
    assert check.BANDS["fp32"][0] <= error <= check.BANDS["fp32"][1]
    assert error < check.BANDS["tf32"][0]


@pytest.mark.parametrize(("precision", "bits"), [("tf32", 11), ("fp16", 11), ("bf16", 8)])
def test_rounded_operands_fit_their_own_band_and_are_refused_as_fp32(
    precision: str, bits: int
) -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    error = check.error(a, b, rounded(a, bits) @ rounded(b, bits), 3)
    assert check.BANDS[precision][0] <= error <= check.BANDS[precision][1]
    assert not (error <= check.tolerance("fp32"))


def test_bf16_is_refused_as_fp16() -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    assert not (check.error(a, b, rounded(a, 8) @ rounded(b, 8), 3) <= check.tolerance("fp16"))


def test_fp32_is_refused_as_fp64() -> None:
    a, b = check.operands(SHAPE, "fp64", 1)
    single = a.astype(np.float32) @ b.astype(np.float32)
    assert check.error(a, b, a @ b, 3) <= check.tolerance("fp64")
    assert not (check.error(a, b, single, 3) <= check.tolerance("fp64"))


@pytest.mark.parametrize("row", range(0, 300, 23))
def test_one_wrong_element_in_any_row_is_caught(row: int) -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    product = a @ b
    product[row, 77] += 1
    assert not (check.error(a, b, product, 3) <= check.tolerance("fp32"))


def test_a_product_that_is_not_a_number_is_never_within_tolerance() -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    product = a @ b
    product[5, 5] = np.nan
    assert not (check.error(a, b, product, 3) <= check.tolerance("fp32"))


def test_operands_are_unit_normal_and_independent() -> None:
    a, b = check.operands((256, 256, 256), "fp32", 1)
    assert abs(a.mean()) < 0.02
    assert a.std() == pytest.approx(1, abs=0.02)
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.02
