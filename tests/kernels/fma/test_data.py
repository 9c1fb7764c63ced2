from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from kernels.fma.data import FRACTION_BITS, Chains, draw, expected, tolerance
from kernels.fma.formats import FORMATS

FLOATING = ("fp16", "fp32", "fp64")
SEEDS = range(20)


def rounded(value: Fraction, bits: int) -> Fraction:
    """To the nearest number in [1, 2) with so many bits of fraction, ties to even."""
    assert 1 <= value < 2
    return Fraction(round(value * 2**bits), 2**bits)


def by_fractions(name: str, chains: Chains, passes: int) -> list[Fraction]:
    """The first chain by exact fractions, rounded once a step as a fused multiply-add is."""
    results = []
    for lane in range(chains.starts.shape[1]):
        a, b, c, d = (Fraction(float(row[lane])) for row in chains.operands)
        x = Fraction(float(chains.starts[0, lane]))
        for _ in range(passes):
            x = rounded(a * x + b, FRACTION_BITS[name])
            x = rounded(c * x + d, FRACTION_BITS[name])
        results.append(x)
    return results


@pytest.mark.parametrize("name", ["fp16", "fp32"])
@pytest.mark.parametrize("seed", range(3))
def test_the_emulation_of_short_formats_is_exact(name: str, seed: int) -> None:
    chains = draw(FORMATS[name], 2, 4, seed)
    found = expected(FORMATS[name], chains, 200)
    assert [Fraction(float(x)) for x in found[0]] == by_fractions(name, chains, 200)


@pytest.mark.parametrize("seed", range(3))
def test_the_emulation_of_binary64_stays_within_its_tolerance(seed: int) -> None:
    chains = draw(FORMATS["fp64"], 2, 4, seed)
    found = expected(FORMATS["fp64"], chains, 200)
    exact = by_fractions("fp64", chains, 200)
    worst = max(abs(Fraction(float(x)) - y) for x, y in zip(found[0], exact, strict=True))
    assert worst <= tolerance(FORMATS["fp64"], 200, fused=True)


@pytest.mark.parametrize("name", FLOATING)
@pytest.mark.parametrize("passes", [1, 10, 1000])
def test_chains_never_leave_the_numbers_from_1_to_2(name: str, passes: int) -> None:
    ends = [expected(FORMATS[name], draw(FORMATS[name], 8, 32, seed), passes) for seed in SEEDS]
    assert np.min(ends) >= 1
    assert np.max(ends) < 2


@pytest.mark.parametrize("name", FLOATING)
def test_chains_do_not_come_to_rest(name: str) -> None:
    chains = draw(FORMATS[name], 8, 32, 1)
    long = expected(FORMATS[name], chains, 20_000).astype(float)
    a, b = chains.operands[:2].astype(float)
    # One more step moves most of the numbers: they alternate around 1.5.
    assert np.mean(np.abs(a * long + b - long) > 2.0 ** -FRACTION_BITS[name]) > 0.9


def dot_bf16(p: np.ndarray, q: np.ndarray) -> float:
    values = [(row.astype(np.uint32) << 16).view(np.float32).astype(float) for row in (p, q)]
    return float(np.dot(*values))


def dot_int8(p: np.ndarray, q: np.ndarray) -> int:
    return int(np.dot(p.view(np.uint8).astype(int), q.astype(int)))


@pytest.mark.parametrize(
    ("name", "dot", "modulus"), [("bf16", dot_bf16, 2.0**60), ("int8", dot_int8, 2**32)]
)
def test_dot_products_are_added_up_exactly(
    name: str, dot: Callable[[np.ndarray, np.ndarray], float], modulus: float
) -> None:
    form = FORMATS[name]
    chains = draw(form, 3, 4, 5)
    lane = slice(form.products, 2 * form.products)
    p, q, r, s = (row[lane] for row in chains.operands)
    total = chains.starts[2, 1].item() + 777 * (dot(p, q) + dot(r, s))
    assert (expected(form, chains, 777)[2, 1].item() - total) % modulus == 0


def test_no_bf16_chain_stands_still_or_needs_more_bits_than_it_has() -> None:
    form = FORMATS["bf16"]
    drawn = [draw(form, 24, 16, seed) for seed in SEEDS]
    moved = np.array([expected(form, d, 1) - d.starts for d in drawn])
    ends = np.array([expected(form, d, 1 << 16) for d in drawn])
    assert np.all(moved != 0)
    # Multiples of 2**-14 below 2**10 less what one step adds in between: 24 bits at most.
    assert np.max(np.abs(ends)) < 2**10 - 8


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_seed_decides_the_operands(name: str) -> None:
    first, again, other = (draw(FORMATS[name], 4, 8, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.operands, again.operands)
    assert np.array_equal(first.starts, again.starts)
    assert not np.array_equal(first.operands, other.operands)
    assert not np.array_equal(first.starts, other.starts)
