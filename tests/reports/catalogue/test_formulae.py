"""Published figures against the formula that they must follow: units, FLOP a cycle, clock."""

from decimal import Decimal
from itertools import combinations

import pytest

from bench.evidence.codec import replace
from reports.catalogue.accelerators import AcceleratorModel, Rate, accelerator_models, silicon_of
from reports.catalogue.claims import is_sparse
from reports.quantities import exact

BY_FORMULA = [
    pytest.param(card, rate, id=f"{card.name} {key}")
    for card in accelerator_models()
    for key, rate in card.keyed_rates()
    if rate.clock_ghz is not None
]
BY_NAME = {card.name: card for card in accelerator_models()}


def by_formula(card: AcceleratorModel, rate: Rate) -> float:
    """Units x FLOP per unit and cycle x clock, in TFLOP/s."""
    silicon = silicon_of(card.architecture, card.name)
    assert silicon is not None
    flop = silicon.flop(rate.precision, rate.pipe)
    assert flop is not None
    assert card.units is not None
    assert rate.clock_ghz is not None
    return card.units * flop * rate.clock_ghz / 1e3


def half_a_last_digit(published: float) -> float:
    """A published 1.4 stands for anything from 1.35 to 1.45."""
    exponent = Decimal(f"{published:g}").as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent


@pytest.mark.parametrize(("card", "rate"), BY_FORMULA)
def test_a_published_rate_follows_from_units_and_clock(card: AcceleratorModel, rate: Rate) -> None:
    low, high = rate.dense_tera
    allowed = 0.0125 * high + half_a_last_digit(high)

    assert low - allowed <= by_formula(card, rate) <= high + allowed
    # Where sources differ by more, no clock is given: which of them would it belong to?
    assert high / low < 1.015


def test_the_formula_holds_for_most_cards_with_units() -> None:
    formulae = {card.name for card in accelerator_models() if any(r.clock_ghz for r in card.rates)}

    assert {card.name for card in accelerator_models() if card.units} - formulae == {
        "NVIDIA L20", "NVIDIA L40", "NVIDIA H800 SXM", "NVIDIA H20", "NVIDIA B300 SXM",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "precision", "calculated_over_published"),
    [
        ("NVIDIA V100 SXM2", "fp16", 1.003),
        ("NVIDIA T4", "fp16", 1.002),
        ("NVIDIA A100 SXM4 80GB", "bf16", 1.000),
        ("NVIDIA A10", "bf16", 1.000),
        ("NVIDIA A40", "bf16", 1.000),
        ("NVIDIA L4", "bf16", 1.001),
        ("NVIDIA L40S", "bf16", 1.012),
        ("NVIDIA GeForce RTX 4090", "bf16", 1.000),
        ("NVIDIA H100 SXM5", "bf16", 1.000),
        ("NVIDIA H100 PCIe", "bf16", 1.001),
        ("NVIDIA B200 SXM", "bf16", 1.002),
        ("AMD Instinct MI300X", "fp16", 1.000),
        ("AMD Instinct MI250X", "fp64", 0.999),
        ("AMD Instinct MI210", "fp16", 1.000),
        ("AMD Instinct MI350X", "fp4", 1.000),
        ("AMD Instinct MI355X", "fp64", 1.000),
        ("NVIDIA H200 NVL", "bf16", 1.000),
        ("NVIDIA RTX PRO 6000 Blackwell", "fp32", 1.000),
        ("NVIDIA GeForce RTX 5090", "fp4", 1.000),
    ],
)
def test_the_reproduction_check_of_the_reference(
    name: str, precision: str, calculated_over_published: float
) -> None:
    card = BY_NAME[name]
    rate = card.rate(precision)
    assert rate is not None

    ratio = by_formula(card, rate) / rate.dense_tera[0]
    assert ratio == pytest.approx(calculated_over_published, abs=0.0012)


@pytest.mark.parametrize(
    ("name", "precision", "calculated_over_published"),
    [("NVIDIA H20", "bf16", 3.95), ("NVIDIA H20", "fp64", 19.8), ("NVIDIA L20", "bf16", 1.98)],
)
def test_the_formula_does_not_hold_for_a_capped_card(
    name: str, precision: str, calculated_over_published: float
) -> None:
    card = BY_NAME[name]
    rate = card.rate(precision)
    silicon = silicon_of(card.architecture, card.name)
    assert rate is not None
    assert silicon is not None
    assert card.units is not None
    clock_ghz = {"NVIDIA H20": 1.83 if precision == "bf16" else 1.98, "NVIDIA L20": 2.52}[name]
    flop = silicon.flop(precision, rate.pipe)
    assert flop is not None

    calculated = card.units * flop * clock_ghz / 1e3
    assert calculated / rate.dense_tera[0] == pytest.approx(calculated_over_published, rel=0.01)
    assert card.capped is not None


# Capped cards too: what is cut is cut in all formats of the matrix units alike.
MATRIX_PAIRS = [
    pytest.param(card, one, other, id=f"{card.name} {one.precision}/{other.precision}")
    for card in accelerator_models()
    if silicon_of(card.architecture, card.name) is not None
    for one, other in combinations(
        [r for r in card.rates if r.pipe == "matrix" and r.accumulate is None], 2
    )
    if "fp64" not in (one.precision, other.precision)
]


@pytest.mark.parametrize(("card", "one", "other"), MATRIX_PAIRS)
def test_the_formats_of_the_matrix_units_are_to_each_other_as_the_architecture_has_them(
    card: AcceleratorModel, one: Rate, other: Rate
) -> None:
    """TF32 half of FP16, FP8 twice of it: published figures of one card cannot part from that."""
    silicon = silicon_of(card.architecture, card.name)
    assert silicon is not None
    flops = [silicon.flop(rate.precision, "matrix") for rate in (one, other)]
    assert flops[0] is not None
    assert flops[1] is not None
    expected = flops[0] / flops[1]
    low = one.dense_tera[0] / other.dense_tera[1]
    high = one.dense_tera[1] / other.dense_tera[0]

    assert low * 0.985 <= expected <= high * 1.015


def test_a_sparse_figure_among_dense_ones_would_be_noticed() -> None:
    card = BY_NAME["NVIDIA H100 SXM5"]
    bf16, tf32 = card.rate("bf16"), card.rate("tf32")
    assert bf16 is not None
    assert tf32 is not None
    sparse = replace(bf16, dense_tera=(1979.0, 1979.0))

    with pytest.raises(AssertionError):
        test_the_formats_of_the_matrix_units_are_to_each_other_as_the_architecture_has_them(
            card, sparse, tf32
        )
    with pytest.raises(AssertionError):
        test_a_published_rate_follows_from_units_and_clock(card, sparse)


@pytest.mark.parametrize(("card", "rate"), [p.values for p in BY_FORMULA])  # type: ignore[misc]
def test_no_dense_rate_is_the_sparse_one_of_its_silicon(card: AcceleratorModel, rate: Rate) -> None:
    assert not is_sparse(rate.dense_tera[1], exact(by_formula(card, rate)))


@pytest.mark.parametrize(
    ("architecture", "name", "fp16_over_fp32"),
    [
        ("7.0", "Tesla V100-SXM2-32GB", 2),
        ("7.5", "Tesla T4", 2),
        ("8.0", "NVIDIA A100-SXM4-80GB", 4),
        ("8.6", "NVIDIA GeForce RTX 3090", 1),
        ("8.6", "NVIDIA A10", 1),
        ("8.9", "NVIDIA GeForce RTX 4090", 1),
        ("8.9", "NVIDIA L40S", 1),
        ("9.0", "NVIDIA H200", 2),
        ("10.0", "NVIDIA B200", 2),
        ("12.0", "NVIDIA GeForce RTX 5090", 1),
        ("12.0", "NVIDIA RTX PRO 6000 Blackwell Server Edition", 1),
    ],
)
def test_half_precision_is_to_single_on_the_vector_units_as_the_architecture_has_it(
    architecture: str, name: str, fp16_over_fp32: int
) -> None:
    silicon = silicon_of(architecture, name)
    assert silicon is not None
    fp16, fp32 = silicon.flop("fp16", "vector"), silicon.flop("fp32", "vector")
    assert fp16 is not None
    assert fp32 is not None

    assert fp16 == fp16_over_fp32 * fp32


def test_what_no_source_gives_of_a_silicon_is_not_there() -> None:
    assert silicon_of("10.3", "NVIDIA B300 SXM6 AC") is None
    cdna = silicon_of("gfx950", "AMD Instinct MI355X")
    assert cdna is not None
    assert (cdna.flop("fp64", "vector"), cdna.flop("tf32", "matrix")) == (None, None)
