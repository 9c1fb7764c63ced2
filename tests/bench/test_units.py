"""Quantities for people."""

import pytest

from bench.units import format_binary, format_si


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


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (512, "512 B"),
        (48 << 10, "48 KiB"),
        (5 << 18, "1.25 MiB"),
        (480 << 20, "480 MiB"),
        (5 << 38, "1280 GiB"),
        (0, "0 B"),
        (None, "—"),
    ],
)
def test_a_cache_has_a_prefix_of_powers_of_1024(size_bytes: float | None, text: str) -> None:
    assert format_binary(size_bytes) == text
