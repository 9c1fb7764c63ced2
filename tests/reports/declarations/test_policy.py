"""Conversion policies: data, and one interpreter."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.errors import UsageError
from reports.capacity.conversion import Converted, ConvertibleRate, convert
from reports.declarations import policy as policies
from reports.declarations.policy import ComputeClass, DeviceKind, Pipe, Rated
from reports.quantities import Interval, Unknown, exact

H100 = {
    ("vector", "fp32"): 66.9e12,
    ("matrix", "tf32"): 494.7e12,
    ("matrix", "bf16"): 989.4e12,
    ("matrix", "fp16"): 989.4e12,
    ("matrix", "fp8"): 1978.9e12,
    ("vector", "fp64"): 33.5e12,
}
"""Dense data-sheet rates, FLOP/s."""


def converted(
    name: str,
    rates: Mapping[tuple[str, str], float],
    device: DeviceKind = "accelerator",
    compute_class: ComputeClass = "intelligent",
) -> Converted | Unknown:
    def rate(pipe: Pipe, precision: Rated) -> ConvertibleRate | None:
        found = rates.get((pipe, precision))
        return None if found is None else ConvertibleRate(exact(found), f"{pipe}.{precision}")

    return convert(policies.load(name), device, compute_class, rate)


@pytest.mark.parametrize(
    ("name", "wanted", "how"),
    [
        ("fp32-bitwidth@1", 494.7e12, "matrix.tf32, the largest of 4"),
        ("fp32-native-vector@1", 66.9e12, "vector.fp32"),
        ("fp32-matrix@1", 494.7e12, "matrix.tf32"),
        ("fp16-national@2025", 989.4e12, "matrix.fp16, the largest of 2"),
    ],
)
def test_each_policy_counts_an_h100_as_it_says(name: str, wanted: float, how: str) -> None:
    assert converted(name, H100) == Converted(exact(wanted), how)


def test_bit_width_takes_half_of_fp16_where_it_is_the_largest() -> None:
    ascend = {("matrix", "fp16"): 313e12}

    assert converted("fp32-bitwidth@1", ascend) == Converted(exact(156.5e12), "matrix.fp16 × 0.5")


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("fp32-native-vector@1", {("matrix", "fp16"): 313e12}),
        ("fp32-matrix@1", {("matrix", "fp16"): 313e12}),
        ("fp32-bitwidth@1", {("matrix", "fp8"): 1e15, ("matrix", "int8"): 1e15}),
    ],
)
def test_a_device_without_a_rate_that_counts_is_not_computable_and_never_0(
    name: str, rates: Mapping[tuple[str, str], float]
) -> None:
    found = converted(name, rates)

    assert isinstance(found, Unknown)
    assert f"{name} wants" in found.reason


def test_general_compute_of_a_cpu_is_its_fp32_vector_rate_whatever_its_matrix_unit_does() -> None:
    rates = {
        ("vector", "fp32"): 7e12,
        ("matrix", "fp32"): 9e12,
        ("matrix", "bf16"): 190e12,
    }

    general = converted("fp32-bitwidth@1", rates, "cpu", "general")
    switched = converted("fp32-bitwidth@1", rates, "amx", "intelligent")

    assert general == Converted(exact(7e12), "vector.fp32")
    assert switched == Converted(exact(95e12), "matrix.bf16 × 0.5, the largest of 2")


def test_the_national_series_has_no_meaning_for_general_compute() -> None:
    found = converted("fp16-national@2025", {("vector", "fp32"): 7e12}, "cpu", "general")

    assert found == Unknown("fp16-national@2025 counts intelligent compute only")


def test_fp64_counts_double_only_for_a_supercomputer_of_which_nothing_else_is_known() -> None:
    fp64 = {("vector", "fp64"): 10e12}

    flagged = Converted(exact(20e12), "vector.fp64 × 2 (flagged: last resort)")
    assert converted("fp32-bitwidth@1", fp64, compute_class="hpc") == flagged
    assert isinstance(converted("fp32-bitwidth@1", fp64), Unknown)
    assert converted(
        "fp32-bitwidth@1", fp64 | {("vector", "fp32"): 5e12}, compute_class="hpc"
    ) == Converted(exact(5e12), "vector.fp32")


def test_leaving_a_rate_out_raises_no_bound() -> None:
    wide, narrow = Interval(1.0, 10.0, 20.0), Interval(8.0, 9.0, 10.0)
    rates = {("vector", "fp32"): wide, ("matrix", "tf32"): narrow}

    def rate(pipe: Pipe, precision: Rated) -> ConvertibleRate | None:
        found = rates.get((pipe, precision))
        return None if found is None else ConvertibleRate(found, precision)

    def only_tf32(pipe: Pipe, precision: Rated) -> ConvertibleRate | None:
        return None if pipe == "vector" else rate(pipe, precision)

    policy = policies.load("fp32-bitwidth@1")
    both = convert(policy, "accelerator", "intelligent", rate)
    one = convert(policy, "accelerator", "intelligent", only_tf32)

    assert isinstance(both, Converted)
    assert isinstance(one, Converted)
    assert both.flop_per_s == Interval(8.0, 10.0, 20.0)
    assert one.flop_per_s == narrow


def test_the_shipped_policies_are_those_of_the_definitions_and_carry_their_version() -> None:
    loaded = {name: policies.load(name) for name in policies.names()}

    assert {name: p.name for name, p in loaded.items()} == {name: name for name in loaded}
    assert next(iter(loaded)) == policies.DEFAULT == "fp32-bitwidth@1"
    assert {name for name, p in loaded.items() if p.certifiable} == {
        "fp32-bitwidth@1", "fp32-native-vector@1", "fp32-matrix@1",
    }  # fmt: skip
    assert set(loaded) - {n for n, p in loaded.items() if p.certifiable} == {"fp16-national@2025"}


def test_no_policy_counts_a_sparse_or_an_integer_rate() -> None:
    counted = {r.precision for n in policies.names() for r in policies.load(n).rules}

    assert counted == {"fp64", "fp32", "tf32", "bf16", "fp16"}


def test_a_users_policy_with_a_factor_of_0_is_refused_with_its_place(tmp_path: Path) -> None:
    source = Path(policies.__file__).parent / "policies" / "fp32-native-vector@1.toml"
    path = tmp_path / "mine.toml"
    path.write_text(source.read_text().replace("factor = 1.0", "factor = 0.0", 1))

    with pytest.raises(UsageError, match=r"rules\[0\]: factor is 0"):
        policies.load(path)


def test_a_users_policy_is_read_from_its_path(tmp_path: Path) -> None:
    source = Path(policies.__file__).parent / "policies" / "fp32-matrix@1.toml"
    path = tmp_path / "mine.toml"
    path.write_text(source.read_text().replace('version = "1"', 'version = "2"'))

    assert policies.load(str(path)).name == "fp32-matrix@2"


def test_a_released_policy_that_was_edited_is_refused(tmp_path: Path) -> None:
    shipped = Path(policies.__file__).parent / "policies" / f"{policies.DEFAULT}.toml"
    edited = tmp_path / "edited.toml"
    edited.write_text(shipped.read_text("utf-8").replace("factor = 1.0", "factor = 100.0"), "utf-8")
    copied = tmp_path / "copied.toml"
    copied.write_text(shipped.read_text("utf-8"), "utf-8")

    with pytest.raises(UsageError, match=r"called fp32-bitwidth@1 and is not that policy"):
        policies.load(edited)
    assert policies.load(copied) == policies.load(policies.DEFAULT)
