import resource
from pathlib import Path

import numpy as np
import pytest

from kernels.runtime.memory import HUGE_PAGE_BYTES, LINE_BYTES, aligned, untouched


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize("shape", [(1,), (7, 3), (2, 5, 9)])
def test_an_aligned_array_begins_on_a_cache_line(shape: tuple[int, ...]) -> None:
    arrays = [aligned(shape, "float32") for _ in range(8)]
    assert {array.ctypes.data % LINE_BYTES for array in arrays} == {0}
    assert {array.shape for array in arrays} == {shape}
    assert not np.any(arrays)


def test_untouched_memory_begins_on_a_huge_page_and_takes_none_yet() -> None:
    before = resident_bytes()
    array = untouched(1 << 30)
    assert array.nbytes == 1 << 30
    assert array.ctypes.data % HUGE_PAGE_BYTES == 0
    assert resident_bytes() - before < 1 << 26


def test_untouched_memory_is_given_back_with_its_last_array() -> None:
    array = untouched(1 << 26)
    array[:] = 1
    held = resident_bytes()
    del array
    assert held - resident_bytes() > 1 << 25


def test_memory_that_cannot_be_had_is_named() -> None:
    with pytest.raises(MemoryError, match=f"{1 << 60} bytes"):
        untouched(1 << 60)
