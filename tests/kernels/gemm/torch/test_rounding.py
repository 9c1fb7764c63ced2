"""Rounding to narrow formats: ties, both neighbours, once from FP64, and beyond the largest."""

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

FORMATS = ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz"]
WIDE = ["float32", "float64"]


def nearest(values: Any, name: str, wide: str = "float32") -> list[float]:
    from kernels.gemm.torch.rounding import nearest as tested

    given = torch.tensor(values, dtype=getattr(torch, wide))
    return list(tested(given, getattr(torch, name)).double().tolist())


@pytest.mark.parametrize("wide", WIDE)
@pytest.mark.parametrize("name", FORMATS)
def test_a_tie_goes_to_even_and_a_neighbour_of_it_does_not(name: str, wide: str) -> None:
    form, near = torch.finfo(getattr(torch, name)), torch.finfo(getattr(torch, wide)).eps
    step = form.eps
    for sign in (1, -1):
        # 1 is even and 1 + step is odd.
        ties = [sign * (1 + step / 2), sign * (1 + 3 * step / 2)]
        assert nearest(ties, name, wide) == [sign, sign * (1 + 2 * step)]
        beside = [sign * (1 + step / 2 + near), sign * (1 + 3 * step / 2 - near)]
        assert nearest(beside, name, wide) == [sign * (1 + step)] * 2


@pytest.mark.parametrize("wide", WIDE)
@pytest.mark.parametrize("name", FORMATS)
def test_subnormal_numbers_are_evenly_spaced_down_to_zero(name: str, wide: str) -> None:
    form = torch.finfo(getattr(torch, name))
    tiny = form.smallest_normal * form.eps
    values = [tiny, tiny / 2, 0.75 * tiny, 1.5 * tiny, 2.5 * tiny, form.smallest_normal - tiny / 4]

    assert nearest(values, name, wide) == [tiny, 0, tiny, 2 * tiny, 2 * tiny, form.smallest_normal]
    assert nearest([0.0], name, wide) == [0]


@pytest.mark.parametrize("name", FORMATS)
def test_fp64_is_rounded_once(name: str) -> None:
    """A little more than a tie: FP32 would hold the tie itself, and then round it down."""
    step = torch.finfo(getattr(torch, name)).eps
    assert nearest([1 + step / 2 + 2.0**-40], name, "float64") == [1 + step]


@pytest.mark.parametrize(
    ("name", "largest_kept", "beyond", "instead"),
    [
        ("float16", 65519.99, 65520.0, math.inf),
        ("bfloat16", 3.3895e38, 3.3962e38, math.inf),
        ("float8_e5m2", 61439.0, 61440.0, math.inf),
        ("float8_e4m3fn", 464.0, 464.1, math.nan),
        ("float8_e4m3fnuz", 247.9, 248.0, math.nan),
    ],
)
def test_what_is_beyond_the_largest_number_is_not_made_that_number(
    name: str, largest_kept: float, beyond: float, instead: float
) -> None:
    largest = torch.finfo(getattr(torch, name)).max
    assert nearest([largest_kept, -largest_kept], name) == [largest, -largest]
    for value in (beyond, math.inf):
        found = nearest([value, -value], name)
        if math.isnan(instead):
            assert all(math.isnan(x) for x in found)
        else:
            assert found == [instead, -instead]
    assert math.isnan(nearest([math.nan], name)[0])


@pytest.mark.parametrize("name", FORMATS)
def test_every_number_of_a_format_stays_what_it_is(name: str) -> None:
    stored = getattr(torch, name)
    bits = torch.arange(1 << 8 * stored.itemsize, dtype=torch.int32)
    whole = bits.to(torch.uint8 if stored.itemsize == 1 else torch.int16).view(stored).float()
    numbers = whole[whole.isfinite()]

    assert nearest(numbers.tolist(), name) == numbers.double().tolist()


@pytest.mark.parametrize("largest", [448.0, 240.0])
@pytest.mark.parametrize("size", [5.3, 1.0, 447.0, 1e-3])
def test_a_scale_is_a_power_of_two_and_leaves_nothing_beyond(largest: float, size: float) -> None:
    from kernels.gemm.torch.rounding import scale

    found = float(scale(torch.tensor([0.1, -1.0]) * size, largest))
    assert math.frexp(found)[0] == 0.5
    assert largest / 2 <= size / found <= largest
