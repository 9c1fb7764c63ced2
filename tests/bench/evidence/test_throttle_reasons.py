"""Throttle reasons, bit by bit."""

import pytest

from bench.evidence.throttle_reasons import REASONS, decode


def test_no_bit_is_no_reason() -> None:
    assert decode(0) == ()


@pytest.mark.parametrize("bit", sorted(REASONS))
def test_every_bit_that_nvml_defines_has_its_name(bit: int) -> None:
    pynvml = pytest.importorskip("pynvml")
    defined = {
        value
        for name, value in vars(pynvml).items()
        if name.startswith(("nvmlClocksThrottleReason", "nvmlClocksEventReason"))
        and not name.endswith(("All", "None"))
    }

    assert bit in defined
    assert defined <= set(REASONS)
    assert decode(bit) == (REASONS[bit],)


def test_several_bits_are_several_reasons() -> None:
    assert decode(0x4 | 0x8 | 0x40) == (
        "software power cap", "hardware slowdown", "hardware thermal slowdown"
    )  # fmt: skip


def test_an_unknown_bit_is_kept_by_its_number() -> None:
    assert decode(0x100000004) == ("software power cap", "bit 0x100000000")
