"""The catalogue of accelerators against the formula that its figures must follow."""

from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest

from bench.evidence.codec import replace
from reports.catalogue.accelerators import (
    AcceleratorModel,
    Rate,
    accelerator_models,
    silicon_of,
    source_text,
)
from reports.catalogue.claims import is_sparse
from reports.quantities import exact

# The cards of the reference tables; a card that is dropped or added by mistake shows here.
NAMES = {
    "NVIDIA V100 SXM2", "NVIDIA V100 PCIe", "NVIDIA V100S PCIe", "NVIDIA T4", "NVIDIA A10",
    "NVIDIA A40", "NVIDIA A100 SXM4 80GB", "NVIDIA A100 SXM4 40GB", "NVIDIA A100 PCIe 80GB",
    "NVIDIA A800 SXM4", "NVIDIA A800 PCIe 80GB", "NVIDIA L4", "NVIDIA L20", "NVIDIA L40",
    "NVIDIA L40S", "NVIDIA GeForce RTX 4090", "NVIDIA H100 SXM5", "NVIDIA H100 PCIe",
    "NVIDIA H800 SXM", "NVIDIA H20", "NVIDIA H200 SXM", "NVIDIA B200 SXM", "NVIDIA GB200",
    "AMD Instinct MI210", "AMD Instinct MI250X", "AMD Instinct MI300X", "AMD Instinct MI325X",
    "Huawei Ascend 910A", "Huawei Ascend 910B1", "Huawei Ascend 910B2", "Huawei Ascend 910B3",
    "Huawei Ascend 910B4", "Huawei Ascend 910C", "Huawei Ascend 950DT", "Huawei Ascend 310P",
    "Hygon DCU Z100", "Hygon DCU K100_AI", "Cambricon MLU290", "Cambricon MLU370-X8",
    "Cambricon MLU590", "Kunlun R200", "Kunlun P800", "MetaX C500", "Moore Threads MTT S4000",
    "Biren BR100", "Biren BR104", "Iluvatar BI-V100",
}  # fmt: skip
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


def test_every_card_of_the_tables_is_there_once() -> None:
    assert Counter(card.name for card in accelerator_models()) == Counter(NAMES)


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
        "NVIDIA L20", "NVIDIA L40", "NVIDIA H800 SXM", "NVIDIA H20",
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
    ("name", "vector_over_vector", "matrix_over_vector"),
    [
        ("NVIDIA A100 SXM4 80GB", 2, 2),
        ("NVIDIA A100 PCIe 80GB", 2, 2),
        ("NVIDIA H100 SXM5", 2, 2),
        ("NVIDIA H100 PCIe", 2, 2),
        ("NVIDIA H200 SXM", 2, 2),
        ("AMD Instinct MI210", 1, 2),
        ("AMD Instinct MI250X", 1, 2),
        ("AMD Instinct MI300X", 2, 2),
        ("AMD Instinct MI325X", 2, 2),
    ],
)
def test_fp64_is_to_fp32_and_to_its_matrix_units_as_the_architecture_has_it(
    name: str, vector_over_vector: int, matrix_over_vector: int
) -> None:
    """FP32 over FP64 on the vector units; FP64 on the matrix units over the vector units."""
    card = BY_NAME[name]
    fp32, fp64, matrix = (
        card.rate(precision, pipe)
        for precision, pipe in (("fp32", "vector"), ("fp64", "vector"), ("fp64", "matrix"))
    )
    assert fp32 is not None
    assert fp64 is not None
    assert matrix is not None

    ratios = [fp32.dense_tera[0] / fp64.dense_tera[0], matrix.dense_tera[0] / fp64.dense_tera[0]]
    assert ratios == pytest.approx([vector_over_vector, matrix_over_vector], rel=0.015)


def test_bf16_is_as_fast_as_fp16_wherever_both_are_given() -> None:
    both = {card.name: (card.rate("bf16"), card.rate("fp16")) for card in accelerator_models()}
    differing = {
        name
        for name, (bf16, fp16) in both.items()
        if bf16 is not None and fp16 is not None and bf16.dense_tera != fp16.dense_tera
    }

    assert differing == set()


def test_matrix_units_share_a_clock_that_is_no_higher_than_that_of_the_vector_units() -> None:
    for card in accelerator_models():
        clocks = {
            pipe: {
                r.clock_ghz
                for r in card.rates
                if r.pipe == pipe and r.clock_ghz is not None and r.precision != "fp64"
            }
            for pipe in ("vector", "matrix")
        }
        assert len(clocks["matrix"]) <= 1, card.name
        if all(clocks.values()):
            assert max(clocks["matrix"]) <= min(clocks["vector"]), card.name


def test_two_pipes_of_one_card_have_their_own_clocks() -> None:
    card = BY_NAME["NVIDIA H100 SXM5"]
    fp32, bf16 = card.rate("fp32"), card.rate("bf16")
    assert fp32 is not None
    assert bf16 is not None

    assert (fp32.clock_ghz, bf16.clock_ghz) == (1.98, 1.83)


def test_no_name_stands_for_two_cards() -> None:
    names = Counter(
        name.casefold()
        for card in accelerator_models()
        for name in {card.name, *card.drivers, *card.names}
    )

    assert {name for name, count in names.items() if count > 1} == set()


def test_a_name_that_fits_two_cards_is_in_neither() -> None:
    names = {name for card in accelerator_models() for name in (*card.drivers, *card.names)}

    # The driver's Ascend910B is a first-generation 910, not one of the 910B series.
    assert names & {"H100", "A100", "V100", "A800", "Ascend910B", "Ascend 910B"} == set()


def test_every_rate_has_a_source_and_an_ordered_interval() -> None:
    rates = [(card, rate) for card in accelerator_models() for rate in card.rates]

    assert all(source_text(rate.sources or card.sources) for card, rate in rates)
    assert all(0 < rate.dense_tera[0] <= rate.dense_tera[1] for _, rate in rates)
    assert all(
        rate.best_tera is None or rate.dense_tera[0] <= rate.best_tera <= rate.dense_tera[1]
        for _, rate in rates
    )


def test_every_rate_of_a_card_has_a_key_of_its_own() -> None:
    keys = [(card.name, key) for card in accelerator_models() for key, _ in card.keyed_rates()]

    assert len(set(keys)) == len(keys)
    assert [key for key, _ in BY_NAME["NVIDIA GeForce RTX 4090"].keyed_rates()] == [
        "fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8",
        "fp16.fp16-accumulate", "fp8.fp16-accumulate",
    ]  # fmt: skip


def test_conflicting_sources_give_an_interval_without_a_value() -> None:
    fp32 = BY_NAME["NVIDIA B200 SXM"].rate("fp32")
    favoured = BY_NAME["Huawei Ascend 910C"].rate("fp16")
    assert fp32 is not None
    assert favoured is not None

    assert (fp32.per_s.low, fp32.per_s.value, fp32.per_s.high) == (75e12, None, 80e12)
    assert (favoured.per_s.low, favoured.per_s.value) == (780e12, 781e12)


def test_what_the_tables_do_not_publish_is_not_there() -> None:
    assert BY_NAME["Huawei Ascend 910B3"].rate("fp32") is None
    assert BY_NAME["Huawei Ascend 910A"].rate("bf16") is None
    assert BY_NAME["NVIDIA V100 SXM2"].rate("bf16") is None
