import numpy as np
import pytest
import threadpoolctl

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


NARROW = [("tf32", 11, 24), ("fp16", 11, 11), ("bf16", 8, 8), ("fp8", 4, 8)]
"""Bits of the significand of the operands, and of the result."""
LARGE = (2048, 2048, 2048)


@pytest.fixture(scope="module")
def drawn() -> tuple[check.Matrix, check.Matrix]:
    return check.operands(LARGE, "fp32", 1)


@pytest.mark.parametrize(("precision", "bits", "result_bits"), NARROW)
def test_one_wrong_element_of_a_large_product_is_caught_in_every_narrow_format(
    drawn: tuple[check.Matrix, check.Matrix], precision: str, bits: int, result_bits: int
) -> None:
    """It is far too small to show in the RMS of a product of four million elements."""
    a, b = drawn
    left, right = (rounded(matrix, bits).astype(np.float32) for matrix in drawn)
    product = rounded(left @ right, result_bits).astype(np.float32)
    low, high = check.BANDS[precision]
    assert low <= check.error(a, b, product, 3) <= high

    product[77, 5] += 100
    assert check.error(a, b, product, 3) == np.inf


def test_a_wrong_tile_is_caught_where_most_of_the_result_is_right(
    drawn: tuple[check.Matrix, check.Matrix],
) -> None:
    a, b = drawn
    product = rounded(rounded(a, 8).astype(np.float32) @ rounded(b, 8).astype(np.float32), 8)
    product[1024:1152, 256:512] = 0
    assert check.error(a, b, product, 3) == np.inf


@pytest.mark.parametrize("k", [1, 4, 16, 64, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_the_worst_honest_order_of_sums_is_not_called_wrong(k: int, seed: int) -> None:
    """One product after the other into one FP32 sum: few deviations are large, and honest."""
    a, b = check.operands((256, 300, k), "fp32", seed)
    product = np.zeros((256, 300), np.float32)
    for left, right in zip(a.T, b, strict=True):
        product += np.outer(left, right)
    assert check.error(a, b, product, 3) <= check.tolerance("fp32")


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


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_result_is_never_within_tolerance(value: float) -> None:
    a, b = check.operands(SHAPE, "fp32", 1)
    product = a @ b
    product[5, :2] = value
    assert not (check.error(a, b, product, 3) <= check.tolerance("fp32"))


def test_integers_are_exact_or_wrong() -> None:
    a, b = (np.rint(30 * matrix) for matrix in check.operands(SHAPE, "fp32", 1))
    product = a.astype(np.float64) @ b.astype(np.float64)
    assert check.error(a, b, product, 3) == 0
    product[250, 199] += 1
    assert check.error(a, b, product, 3) == np.inf


def test_the_check_waits_for_no_other_thread_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def deviations(*arguments: object) -> tuple[check.Matrix, check.Matrix]:
        pools = threadpoolctl.threadpool_info()
        seen.extend(pool["num_threads"] for pool in pools if pool["user_api"] == "blas")
        return np.zeros((1, 1)), np.zeros((1, 1))

    monkeypatch.setattr(check, "deviations", deviations)
    check.error(*check.operands((4, 4, 4), "fp32", 1), np.zeros((4, 4)), 3)
    assert set(seen) == {1}


def test_operands_are_unit_normal_and_independent() -> None:
    a, b = check.operands((256, 256, 256), "fp32", 1)
    assert abs(a.mean()) < 0.02
    assert a.std() == pytest.approx(1, abs=0.02)
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.02
