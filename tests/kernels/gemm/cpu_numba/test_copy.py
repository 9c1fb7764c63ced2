"""What leaves a block of sums: rounded as the format says, whole at any alignment."""

import numpy as np
import pytest
from numba import njit

from kernels.gemm.cpu_numba.copy import narrow, put, settle
from kernels.runtime.memory import aligned


@njit
def narrowed(values):  # type: ignore[no-untyped-def]
    narrow(values.ctypes.data, values.size)


@njit
def copied(target, source, begin, size):  # type: ignore[no-untyped-def]
    put(target.ctypes.data + begin, source.ctypes.data, size)
    settle()


def rounded(bits: list[int]) -> list[int]:
    """The FP32 values with these bits as the bits of BF16."""
    values = aligned((-(-len(bits) // 16) * 16,), "uint32")
    values[: len(bits)] = bits
    narrowed(values[: len(bits)])
    return [int(half) for half in values.view(np.uint16)[: len(bits)]]


def test_values_are_rounded_to_nearest_and_ties_to_even() -> None:
    below_tie, tie_down, tie_up, above_tie = 0x3F807FFF, 0x3F808000, 0x3F818000, 0x3F808001
    assert rounded([below_tie, tie_down, tie_up, above_tie]) == [0x3F80, 0x3F80, 0x3F82, 0x3F81]


def test_infinity_stays_and_what_rounds_beyond_the_largest_becomes_it() -> None:
    assert rounded([0x7F800000, 0xFF800000, 0x7F7FFFFF]) == [0x7F80, 0xFF80, 0x7F80]


def test_a_nan_of_any_payload_stays_one() -> None:
    halves = np.array(rounded([0x7FFFFFFF, 0xFFFFFFFF, 0x7F800001, 0x7FC00000]), np.uint32)
    assert np.isnan((halves << 16).view(np.float32)).tolist() == [True] * 4


@pytest.mark.parametrize("count", [1, 15, 16, 17, 40])
def test_any_count_of_values_is_rounded_in_its_place(count: int) -> None:
    values = np.random.default_rng(count).standard_normal(count).astype(np.float32)
    bits = values.view(np.uint32)
    halves = np.array(rounded(bits.tolist()), np.uint32)
    error = np.abs((halves << 16).view(np.float32) - values)
    assert np.all(error <= 2.0**-8 * np.abs(values))


@pytest.mark.parametrize("begin", [0, 1, 37, 63])
@pytest.mark.parametrize("size", [0, 1, 26, 27, 64, 129, 400])
def test_exactly_the_bytes_asked_for_are_written(begin: int, size: int) -> None:
    source = np.random.default_rng(size).integers(1, 256, 400, np.uint8)
    target = aligned((512,), "uint8")
    copied(target, source, begin, size)
    wanted = np.zeros(512, np.uint8)
    wanted[begin : begin + size] = source[:size]
    np.testing.assert_array_equal(target, wanted)
