import pytest

from reports.catalogue.lookup import (
    AmbiguousCard,
    ObservedDevice,
    Resolved,
    UnknownCard,
    find,
    impossible,
    nearest,
    resolve,
)
from reports.quantities import Interval, exact

HOPPER = ObservedDevice(architecture="9.0", units=132, max_clock_hz=1.98e9)


def peak(resolved: Resolved | None) -> Interval:
    assert resolved is not None
    return resolved.per_s


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "NVIDIA H100 SXM5"),
        ("NVIDIA H100 PCIe", "NVIDIA H100 PCIe"),
        ("NVIDIA A100-SXM4-80GB", "NVIDIA A100 SXM4 80GB"),
        ("NVIDIA A100 80GB PCIe", "NVIDIA A100 PCIe 80GB"),
        ("Tesla V100-SXM2-32GB", "NVIDIA V100 SXM2"),
        ("AMD Instinct MI300X", "AMD Instinct MI300X"),
        ("Ascend910B3", "Huawei Ascend 910B3"),
        ("NVIDIA H200 NVL", "NVIDIA H200 NVL"),
        ("NVIDIA B300 SXM6 AC", "NVIDIA B300 SXM"),
        ("NVIDIA GeForce RTX 5090 D v2", "NVIDIA GeForce RTX 5090 D v2"),
        ("Ascend A3", "Huawei Ascend 910C"),
        ("  nvidia   h20 ", "NVIDIA H20"),
    ],
)
def test_a_card_is_found_by_the_name_that_its_driver_prints(printed: str, name: str) -> None:
    assert find(printed).name == name


@pytest.mark.parametrize("name", ["H100", "NVIDIA H100", "NVIDIA H20-3e", "Ascend910B", "", "B"])
def test_a_name_that_is_not_exactly_one_card_is_refused(name: str) -> None:
    with pytest.raises(UnknownCard) as caught:
        find(name)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("name", ["Ascend 910B", "ascend  910b", "Huawei Ascend 910B", "910B"])
def test_a_name_of_several_cards_is_answered_with_all_of_them(name: str) -> None:
    with pytest.raises(AmbiguousCard, match="the digit after 910B") as caught:
        find(name)
    fp16 = caught.value.span.rate("fp16")
    assert fp16 is not None

    assert caught.value.exit_code == 1
    assert (fp16.per_s.low, fp16.per_s.value, fp16.per_s.high) == (280e12, None, 414e12)
    assert caught.value.span.memory_gb == (32, 64)
    assert resolve(name, "fp16") is None


def test_the_digit_of_a_family_makes_its_name_one_card() -> None:
    assert find("Ascend 910B4").name == "Huawei Ascend 910B4"


def test_vector_rates_of_half_precision_are_found_beside_those_of_the_matrix_units() -> None:
    assert peak(resolve("NVIDIA H200", "fp16", "vector")) == exact(133.8e12)
    assert peak(resolve("NVIDIA H200", "fp16", "matrix")) == exact(989.4e12)
    assert peak(resolve("NVIDIA H100 NVL", "fp16", "vector", HOPPER)) == exact(132 * 512 * 1.98e9)


def test_the_nearest_names_are_told() -> None:
    assert nearest("H100") == ("NVIDIA H100 SXM5", "NVIDIA H100 PCIe", "Hygon DCU Z100")
    assert nearest("NVIDIA H20-3e")[0] == "NVIDIA H20"
    with pytest.raises(UnknownCard, match="NVIDIA H100 SXM5, NVIDIA H100 PCIe"):
        find("H100")
    with pytest.raises(UnknownCard, match="No name is near it"):
        find("abacus")


def test_the_catalogue_comes_before_the_formula() -> None:
    found = resolve("NVIDIA H100 80GB HBM3", "bf16", seen=HOPPER)
    assert found is not None
    assert (found.how, found.per_s, found.confidence) == ("catalogue", exact(989.4e12), "H")


def test_a_card_without_a_data_sheet_is_computed_from_its_silicon() -> None:
    found = resolve("NVIDIA H100 NVL", "fp32", seen=HOPPER)
    assert found is not None
    assert (found.how, found.confidence) == ("formula", "L")
    assert found.per_s == exact(132 * 256 * 1.98e9)
    assert found.source == "132 units x 256 FLOP (Hopper) x 1.98 GHz"


def test_a_capped_card_is_never_computed_from_its_silicon() -> None:
    seen = ObservedDevice("9.0", 78, 1.98e9)
    assert peak(resolve("NVIDIA H20", "bf16", seen=seen)) == exact(148e12)
    # No matrix FP64 of the H20 is published; its silicon would give 39.5 TFLOP/s.
    assert resolve("NVIDIA H20", "fp64", "matrix", seen) is None
    assert peak(resolve("NVIDIA H20Z", "fp64", "matrix", seen)) == exact(78 * 256 * 1.98e9)


def test_what_was_measured_comes_last() -> None:
    measured = Interval(29e12, 30e12, 31e12)
    found = resolve("Abacus 9000", "fp16", seen=ObservedDevice(measured=measured))
    assert found is not None
    assert (found.how, found.per_s, found.confidence) == ("measured", measured, "L")
    assert resolve("Abacus 9000", "fp16") is None


def test_a_newer_compute_capability_is_never_inferred_from_an_older_one() -> None:
    assert resolve("NVIDIA Z9", "bf16", seen=ObservedDevice("11.0", 100, 2e9)) is None
    workstation = resolve("NVIDIA RTX PRO", "bf16", seen=ObservedDevice("12.0", 100, 2e9))
    assert peak(workstation) == exact(100 * 1024 * 2e9)
    assert resolve("NVIDIA B300 NVL", "bf16", seen=ObservedDevice("10.3", 148, 2e9)) is None


def test_half_rates_of_geforce_cards_are_told_by_the_name() -> None:
    seen = ObservedDevice("8.6", 82, 1.695e9)
    assert peak(resolve("NVIDIA GeForce RTX 3090", "bf16", seen=seen)).value == pytest.approx(
        71.2e12, rel=0.001
    )
    assert peak(resolve("NVIDIA A10M", "bf16", seen=seen)).value == pytest.approx(
        142.3e12, rel=0.001
    )


def test_a_device_that_is_one_of_two_dies_has_half_of_the_card() -> None:
    assert peak(resolve("AMD Instinct MI250X", "fp64")) == exact(47.9e12 / 2)
    assert peak(resolve("MI250X", "fp64")) == exact(47.9e12)


def test_more_than_the_peak_at_the_measured_clock_is_an_error() -> None:
    found = resolve("NVIDIA H100 80GB HBM3", "fp32")
    assert found is not None
    at_1500_mhz = found.at(1.5e9)
    assert at_1500_mhz is not None
    assert at_1500_mhz.value == pytest.approx(50.68e12, rel=0.001)

    assert impossible(exact(51e12), at_1500_mhz)
    assert not impossible(exact(50e12), at_1500_mhz)
    # An interval that reaches below the peak may still be right.
    assert not impossible(Interval(50e12, 51e12, 52e12), at_1500_mhz)
    assert not impossible(exact(1e30), Interval(0, None, None))


def test_a_computed_peak_is_scaled_from_the_highest_clock() -> None:
    found = resolve("NVIDIA H100 NVL", "fp32", seen=HOPPER)
    assert found is not None
    assert found.at(0.99e9) == exact(132 * 256 * 0.99e9)


def test_without_a_published_clock_nothing_is_scaled() -> None:
    found = resolve("NVIDIA H20", "bf16")
    assert found is not None
    assert found.at(1.5e9) is None
