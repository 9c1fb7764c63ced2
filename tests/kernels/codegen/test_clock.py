from typing import Any

import pytest
from numba import njit

from kernels.codegen import clock
from kernels.codegen.clock import dependent_adds, stamp

needs_clock = pytest.mark.skipif(not clock.HAS_CLOCK, reason="no cycle counter for user code")


def around(value: int) -> tuple[int, int, int]:
    before = stamp()
    value = dependent_adds(value)
    return before, value, stamp()


def compiled() -> tuple[tuple[int, int, int], str]:
    function: Any = njit(around)
    result = function(3)
    return result, next(iter(function.inspect_asm().values()))


@needs_clock
def test_the_counter_goes_on_while_a_number_is_doubled_640_times() -> None:
    (before, value, after), _ = compiled()
    assert value == 0  # 3 * 2**640 modulo 2**64
    assert after - before > 0


@needs_clock
def test_the_probe_is_640_adds_of_one_register_to_itself() -> None:
    _, code = compiled()
    adds = [line.split() for line in code.splitlines() if line.strip().startswith("addq\t%")]
    doublings = [line for line in adds if line[1].rstrip(",") == line[2]]
    assert len(doublings) == clock.ADDS_PER_PASS
    assert len({line[2] for line in doublings}) == 1


def test_without_a_counter_there_is_no_assembly_and_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "HAS_CLOCK", False)
    result, code = compiled()
    assert result == (0, 3, 0)
    assert "lfence" not in code
    assert "rdtsc" not in code
