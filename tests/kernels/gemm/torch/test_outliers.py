"""Single wrong elements stand out in every format that has a wider one; honest ones do not."""

import math

import pytest

torch = pytest.importorskip("torch")

from kernels.gemm.torch import formats, outliers  # noqa: E402
from kernels.gemm.torch import operands as torch_operands  # noqa: E402

CPU = torch.device("cpu")
SHAPES = [(64, 64, 64), (300, 200, 1000), (2500, 64, 256)]


def product_of(precision: str, shape: tuple[int, int, int]):  # type: ignore[no-untyped-def]
    """Operands in the format, and their product rounded to the format of the result."""
    form = formats.of(precision, CPU)
    wide = torch_operands.draw(shape, torch.float32, CPU, 7, 0)
    operands = torch_operands.rounded(*wide, form.stored, form.largest, form.columns)
    exact = operands.left.double() @ operands.right.double()
    if operands.left_scale is not None:
        exact = exact * operands.left_scale.double() * operands.right_scale.double()
    return operands, exact.to(form.product)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", ["bf16", "fp16", "fp8"])
def test_an_honest_product_has_no_outlier(precision: str, shape: tuple[int, int, int]) -> None:
    operands, product = product_of(precision, shape)

    found = outliers.crest(operands, product, precision)
    assert found is not None
    assert found < outliers.CREST / 2


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", ["bf16", "fp16", "fp8"])
def test_one_element_that_is_wrong_by_three_deviations_is_one(
    precision: str, shape: tuple[int, int, int]
) -> None:
    operands, product = product_of(precision, shape)
    product[-1, 5] += 3 * math.sqrt(shape[2])

    found = outliers.crest(operands, product, precision)
    assert found is not None
    assert found > outliers.CREST


def test_a_nan_is_one() -> None:
    operands, product = product_of("bf16", SHAPES[0])
    product[3, 3] = float("nan")

    assert not (outliers.crest(operands, product, "bf16") <= outliers.CREST)


def test_exact_products_and_formats_without_a_wider_one_have_none() -> None:
    operands, product = product_of("bf16", SHAPES[0])

    assert outliers.crest(operands, product, "fp64") is None
    assert outliers.crest(operands, product, "int8") is None
