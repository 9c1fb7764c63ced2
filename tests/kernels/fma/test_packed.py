import pytest

from kernels.fma.packed import absent_from

WAY = "numba-cuda-f32x2"


@pytest.mark.parametrize("architecture", ["7.0", "8.9", "9.0", "11.0", "12.0", "12.1"])
def test_pairs_are_absent_where_one_instruction_does_not_take_both(architecture: str) -> None:
    assert f"compute capability {architecture} " in str(absent_from(WAY, architecture))
    assert absent_from("numba-cuda", architecture) is None


@pytest.mark.parametrize("architecture", ["10.0", "10.3", "13.0"])
def test_pairs_are_not_absent_where_they_are_one_instruction_or_may_be(architecture: str) -> None:
    assert absent_from(WAY, architecture) is None


@pytest.mark.parametrize("architecture", [None, "", "gfx942", "9", "9.0a", "nine.0", "9" * 5000])
def test_of_what_is_no_compute_capability_nothing_is_said(architecture: str | None) -> None:
    assert absent_from(WAY, architecture) is None
