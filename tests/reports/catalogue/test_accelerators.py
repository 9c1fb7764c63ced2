"""The catalogue of accelerators: what is in it, and what its figures are to each other."""

from collections import Counter

import pytest

from reports.catalogue.accelerators import (
    accelerator_models,
    families,
    source_text,
)

# The cards of the reference tables; a card that is dropped or added by mistake shows here.
NAMES = {
    "NVIDIA V100 SXM2", "NVIDIA V100 PCIe", "NVIDIA V100S PCIe", "NVIDIA T4", "NVIDIA A10",
    "NVIDIA A40", "NVIDIA A100 SXM4 80GB", "NVIDIA A100 SXM4 40GB", "NVIDIA A100 PCIe 80GB",
    "NVIDIA A800 SXM4", "NVIDIA A800 PCIe 80GB", "NVIDIA L4", "NVIDIA L20", "NVIDIA L40",
    "NVIDIA L40S", "NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 5090",
    "NVIDIA GeForce RTX 5090 D", "NVIDIA GeForce RTX 5090 D v2", "NVIDIA RTX PRO 6000 Blackwell",
    "NVIDIA H100 SXM5", "NVIDIA H100 PCIe",
    "NVIDIA H800 SXM", "NVIDIA H20", "NVIDIA H200 SXM", "NVIDIA B200 SXM", "NVIDIA GB200",
    "NVIDIA H200 NVL", "NVIDIA B300 SXM", "NVIDIA GB300", "AMD Instinct MI350X",
    "AMD Instinct MI355X", "Iluvatar BI-V150", "MetaX C550", "Moore Threads MTT S5000",
    "AMD Instinct MI210", "AMD Instinct MI250X", "AMD Instinct MI300X", "AMD Instinct MI325X",
    "Huawei Ascend 910A", "Huawei Ascend 910B1", "Huawei Ascend 910B2", "Huawei Ascend 910B3",
    "Huawei Ascend 910B4", "Huawei Ascend 910C", "Huawei Ascend 950DT", "Huawei Ascend 310P",
    "Hygon DCU Z100", "Hygon DCU K100_AI", "Cambricon MLU290", "Cambricon MLU370-X8",
    "Cambricon MLU590", "Kunlun R200", "Kunlun P800", "MetaX C500", "Moore Threads MTT S4000",
    "Biren BR100", "Biren BR104", "Iluvatar BI-V100",
}  # fmt: skip
BY_NAME = {card.name: card for card in accelerator_models()}


def test_every_card_of_the_tables_is_there_once() -> None:
    assert Counter(card.name for card in accelerator_models()) == Counter(NAMES)


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


def test_a_family_is_of_cards_of_the_catalogue_with_the_same_rates() -> None:
    assert families()
    for family in families():
        members = [BY_NAME[name] for name in family.cards]

        assert len(members) > 1
        assert len({tuple(key for key, _ in card.keyed_rates()) for card in members}) == 1
        assert {card.die_mm2 for card in members} == {None}


def test_dense_fp4_of_blackwell_ultra_is_more_than_half_of_the_sparse_figure() -> None:
    for name in ("NVIDIA B300 SXM", "NVIDIA GB300"):
        fp4 = BY_NAME[name].rate("fp4")
        assert fp4 is not None
        assert fp4.sparse_tera is not None

        assert all(1.2 < fp4.sparse_tera / dense < 1.5 for dense in fp4.dense_tera)


def test_an_area_is_that_of_a_die_that_can_be_made() -> None:
    """A reticle has 858 mm2; one package holds two of them at the most."""
    areas = {card.name: card.die_mm2 for card in accelerator_models() if card.die_mm2}

    assert all(500 <= low <= high <= 2 * 858 for low, high in areas.values())
    assert areas["NVIDIA H200 SXM"] == areas["NVIDIA H100 SXM5"] == (814, 814)
    assert areas["NVIDIA GeForce RTX 5090"] == (750, 761.6)


@pytest.mark.parametrize("name", ["NVIDIA H100 SXM5", "NVIDIA H200 SXM"])
def test_every_precision_of_hopper_has_a_dense_rate_and_its_clock(name: str) -> None:
    card = BY_NAME[name]

    assert {key: rate.dense_tera[0] for key, rate in card.keyed_rates()} == {
        "fp64": 33.5, "fp64.matrix": 66.9, "fp32": 66.9, "tf32": 494.7, "bf16": 989.4,
        "fp16": 989.4, "fp16.vector": 133.8,
        "fp8": pytest.approx(1979, rel=1e-4), "int8": pytest.approx(1979, rel=1e-4),
    }  # fmt: skip
    assert all(rate.clock_ghz for rate in card.rates)


def test_what_the_tables_do_not_publish_is_not_there() -> None:
    assert BY_NAME["Huawei Ascend 910B3"].rate("fp32") is None
    assert BY_NAME["Huawei Ascend 910A"].rate("bf16") is None
    assert BY_NAME["NVIDIA V100 SXM2"].rate("bf16") is None
    assert BY_NAME["NVIDIA B300 SXM"].rate("int8") is None
    assert BY_NAME["NVIDIA GeForce RTX 5090 D"].rate("bf16") is None
    assert BY_NAME["Moore Threads MTT S5000"].rate("bf16") is None
