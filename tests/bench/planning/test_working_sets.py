import pytest

from bench.planning.metric_names import parse_working_set, working_set_label
from bench.planning.working_sets import FINE_BYTES, sizes


def test_sets_rise_to_the_largest_in_quarters_of_an_octave_and_then_in_halves() -> None:
    found = sizes(64 << 20)
    fine = [size for size in found if size < FINE_BYTES]

    assert (found[0], found[-1]) == (4096, 64 << 20)
    assert len(fine) == 4 * 11
    assert found[len(fine) :] == (
        8 << 20,
        12 << 20,
        16 << 20,
        24 << 20,
        32 << 20,
        48 << 20,
        64 << 20,
    )
    assert all(size % 512 == 0 for size in found)
    assert list(found) == sorted(set(found))


def test_a_largest_set_between_two_is_not_passed() -> None:
    assert sizes(9000) == (4096, 5120, 6144, 7168, 8192)
    assert sizes(4095) == ()


@pytest.mark.parametrize("size", [1, 512, 4096, 5 << 10, 2560 << 10, 3 << 20, 1 << 30])
def test_a_label_says_the_size_exactly(size: int) -> None:
    assert parse_working_set(f"cpu.cache.read.{working_set_label(size)}") == (
        "cpu.cache.read",
        size,
    )


@pytest.mark.parametrize(
    "metric", ["cpu.vector.fp32", "storage.randread.4k", "4KiB", "cpu.cache.read.4KiB.cycles", ""]
)
def test_other_metrics_have_no_size(metric: str) -> None:
    assert parse_working_set(metric) is None
