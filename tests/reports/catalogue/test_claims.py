"""Published mis-normalisations, each of which a report must recognise."""

import pytest

from reports.catalogue.accelerators import AcceleratorModel
from reports.catalogue.claims import (
    doubts_of_peak,
    doubts_of_result,
    implied_clock_hz,
    is_sparse,
    share,
    unit_slip,
)
from reports.catalogue.lookup import find
from reports.quantities import exact

H100 = find("NVIDIA H100 80GB HBM3")
A100 = find("NVIDIA A100-SXM4-80GB")


@pytest.mark.parametrize(
    ("card", "precision", "claimed_tera"),
    [
        (H100, "fp16", 1979),  # one published 8-GPU comparison
        (H100, "fp8", 3958),
        (find("NVIDIA L40S"), "fp8", 1466),  # two lists of cards
        (find("NVIDIA H200"), "fp8", 3940),  # a vendor page
        (A100, "bf16", 624),
    ],
)
def test_a_sparse_peak_given_as_dense_is_recognised(
    card: AcceleratorModel, precision: str, claimed_tera: float
) -> None:
    assert "twice that is the figure for 2:4 sparse operands" in doubts_of_peak(
        card, precision, claimed_tera * 1e12
    )


@pytest.mark.parametrize("factor", [1.0, 1.9, 1.955, 2.045, 2.1])
def test_other_factors_are_not_called_sparse(factor: float) -> None:
    assert not is_sparse(factor * 989.4e12, exact(989.4e12))


@pytest.mark.parametrize("factor", [1.96, 2.0, 2.04])
def test_twice_the_dense_peak_is_called_sparse(factor: float) -> None:
    assert is_sparse(factor * 989.4e12, exact(989.4e12))


def test_a_dense_peak_raises_no_doubt() -> None:
    assert doubts_of_peak(H100, "bf16", 989e12) == ()
    assert doubts_of_peak(H100, "fp32", 67e12) == ()
    assert doubts_of_peak(find("NVIDIA B200"), "fp32", 80e12) == ()


def test_eight_cards_divided_by_the_sparse_peak_of_one() -> None:
    # 3,554 TFLOP/s of HPL-MxP on 8 GPUs was printed as 89.8 % of one GPU's sparse 3,958.
    found = share(H100, "fp8", 3554e12, devices=8)
    assert found is not None
    assert found.value == pytest.approx(0.2245, abs=0.0001)
    assert doubts_of_result(H100, "fp8", 3554e12, devices=1) != ()
    assert doubts_of_result(H100, "fp8", 3554e12, devices=8) == ()


def test_tf32_in_the_column_of_fp32_is_impossible() -> None:
    (doubt,) = doubts_of_result(H100, "fp32", 373e12, devices=1)
    assert doubt == (
        "more than the dense fp32 peak of 66.9 TFLOP/s a card: it fits tf32, bf16, fp16, fp8, int8"
    )
    assert doubts_of_result(H100, "fp32", 51.5e12, devices=1) == ()


def test_the_peak_of_another_precision_is_recognised() -> None:
    # TF32's peak as the divisor of a BF16 utilisation.
    assert "it is the dense tf32 peak of this card" in doubts_of_peak(H100, "bf16", 494.7e12)


def test_the_peak_of_another_card_is_recognised() -> None:
    # The A100's 312 as the divisor on an H100.
    (_, doubt) = doubts_of_peak(H100, "bf16", 312e12)
    assert doubt.startswith("it is the dense bf16 peak of ")
    assert "NVIDIA A100 SXM4 80GB" in doubt


def test_a_card_of_200_pflops_is_beyond_every_precision() -> None:
    (doubt,) = doubts_of_result(find("NVIDIA B200"), "fp8", 200e15, devices=1)
    assert doubt.endswith("it fits no precision of this card")


def test_binary_prefixes_and_slipped_units_are_recognised() -> None:
    # One suite divides by 1024^3 and calls the result GFLOP/s.
    assert unit_slip(50_000e9 / 2**30 * 1e9, 50_000e9) == (
        "decimal prefixes taken for binary ones (2^30)"
    )
    # One table holds 2333 in a field of MB/s; its neighbours hold 2,212,500.
    assert unit_slip(2333e6, 2333e9) == "a unit 1000 times too small"
    assert unit_slip(2333e12, 2333e9) == "a unit 1000 times too large"
    assert unit_slip(1.05e9, 1e9) is None
    assert unit_slip(1e9, 1e9) is None


def test_a_peak_at_a_clock_of_the_submitters_choice_shows_the_clock() -> None:
    # The A100's FP64 peak was computed at 1095, 1305 and 1410 MHz.
    (_, doubt) = doubts_of_peak(A100, "tf32", 108 * 1024 * 1.305e9)
    assert doubt == "it stands for a clock of 1.305 GHz, not 1.41 GHz"
    assert implied_clock_hz(A100, "tf32", 108 * 1024 * 1.305e9) == pytest.approx(1.305e9)
    # 989 TFLOP/s do not belong to the H100's 1.98 GHz.
    assert implied_clock_hz(H100, "bf16", 989.4e12) == pytest.approx(1.83e9, rel=0.001)


def test_a_capped_card_has_no_clock_from_its_silicon() -> None:
    assert implied_clock_hz(find("NVIDIA H20"), "bf16", 148e12) is None


def test_what_is_not_published_is_said() -> None:
    ascend = find("Ascend910B3")
    wanted = ("no fp32 rate of Huawei Ascend 910B3 is published",)
    assert doubts_of_peak(ascend, "fp32", 1e12) == wanted
    assert doubts_of_result(ascend, "fp32", 1e12, 1) == wanted
    assert share(ascend, "fp32", 1e12, 1) is None


def test_sparse_is_not_twice_the_dense_peak_where_the_sheet_says_otherwise() -> None:
    card = find("GB300")
    sparse = "more than that is the figure for 2:4 sparse operands"

    assert sparse in doubts_of_peak(card, "fp4", 20e15)
    assert not any("sparse" in doubt for doubt in doubts_of_peak(card, "fp4", 30e15))
    assert "twice that is the figure for 2:4 sparse operands" in doubts_of_peak(card, "fp8", 10e15)
