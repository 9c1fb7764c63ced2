"""Quantities for people."""

import pytest

from bench.units import format_si


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.2345e12, "FLOP/s", "1.23 TFLOP/s"),
        (999.9e9, "B/s", "1.00 TB/s"),
        (1e18, "FLOP/s", "1.00 EFLOP/s"),
        (128_400, "IO/s", "128 kIO/s"),
        (3.2e-5, "s", "32.0 µs"),
        (0.4, "%", "40.0 %"),
        (63.86, "FLOP/cycle", "63.9 FLOP/cycle"),
        (0.0, "B/s", "0 B/s"),
        (None, "FLOP/s", "—"),
    ],
)
def test_a_quantity_has_three_digits_a_prefix_and_its_unit(
    value: float | None, unit: str, text: str
) -> None:
    assert format_si(value, unit) == text
