"""Operands are rounded once: halfway cases to even, no second rounding, nothing saturates.

The reference is exact: a number is a multiple of its last place, and a tie goes to the even one.
"""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from kernels.gemm.torch.operands import power_of_two_scale, rounded  # noqa: E402

FORMATS = {
    "bfloat16": (8, -126, 3.3895313892515355e38),
    "float16": (11, -14, 65504.0),
    "float8_e4m3fn": (4, -6, 448.0),
}
"""Bits of the significand with the hidden one, least exponent of a normal number, largest one."""


def exactly_rounded(x: float, name: str) -> float:
    bits, least, _ = FORMATS[name]
    exponent = max(math.frexp(x)[1] - 1, least) if x else least
    last_place = 2.0 ** (exponent - bits + 1)
    return math.copysign(round(abs(x) / last_place) * last_place, x)  # Python rounds ties to even


def by_torch(values: list[float], name: str) -> list[float]:
    wide = torch.tensor(values, dtype=torch.float32)
    return [float(each) for each in wide.to(getattr(torch, name)).double()]


def ties(name: str) -> list[float]:
    """Halfway between neighbours, both even and odd ones, in normal and subnormal numbers."""
    bits, least, largest = FORMATS[name]
    found = []
    for exponent in (least - 1, least, least + 3, -1, 0, 1, 5):
        place = 2.0 ** (max(exponent, least) - bits + 1)
        start = 2.0**exponent if exponent >= least else 0.0
        found += [start + (i + 0.5) * place for i in range(6)]
    return [sign * x for x in found if x < largest for sign in (1.0, -1.0)]


@pytest.mark.parametrize("name", FORMATS)
def test_ties_go_to_the_even_neighbour(name: str) -> None:
    values = ties(name)
    assert len(values) > 60

    assert by_torch(values, name) == [exactly_rounded(x, name) for x in values]


@pytest.mark.parametrize("name", FORMATS)
def test_a_hair_beside_a_tie_goes_to_its_own_side(name: str) -> None:
    """What was rounded twice would have become the tie first."""
    beside = [float(np.nextafter(np.float32(x), np.float32(to))) for x in ties(name)
              for to in (-np.inf, np.inf)]  # fmt: skip

    assert by_torch(beside, name) == [exactly_rounded(x, name) for x in beside]


@pytest.mark.parametrize("name", FORMATS)
def test_random_operands_are_rounded_as_exactly(name: str) -> None:
    random = np.random.default_rng(20261127)
    values = [float(x) for x in random.standard_normal(4000, dtype=np.float32)]

    assert by_torch(values, name) == [exactly_rounded(x, name) for x in values]


@pytest.mark.parametrize("largest_element", [1e-6, 0.5, 1.0, 4.7, 447.9, 448.0, 448.1, 1e9])
def test_a_scale_is_a_power_of_two_and_nothing_saturates(largest_element: float) -> None:
    matrix = torch.tensor([[largest_element, -largest_element / 3]], dtype=torch.float32)
    scale = float(power_of_two_scale(matrix, 448.0))

    assert math.frexp(scale)[0] == 0.5
    assert float(matrix.abs().max()) / scale <= 448.0
    assert float(matrix.abs().max()) / scale > 224.0


def test_fp8_operands_are_worth_what_was_drawn_to_half_a_last_place() -> None:
    torch.manual_seed(7)
    a, b = torch.randn((64, 32)), torch.randn((32, 48))
    made = rounded(a, b, torch.float8_e4m3fn, 448.0, columns=True)
    assert made.left_scale is not None

    scale = float(made.left_scale)
    back = (made.left.double() * scale).flatten().tolist()
    wanted = [exactly_rounded(x / scale, "float8_e4m3fn") * scale for x in a.flatten().tolist()]
    assert back == wanted


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_number_stays_none(name: str) -> None:
    assert all(map(math.isnan, by_torch([math.nan], name)))
