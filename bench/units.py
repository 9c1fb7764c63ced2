"""Quantities as text. Nothing else in capbench formats one."""

import math

_PREFIXES = (
    (1e18, "E"),
    (1e15, "P"),
    (1e12, "T"),
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
    (1.0, ""),
    (1e-3, "m"),
    (1e-6, "µ"),
    (1e-9, "n"),
)
_PLAIN = {"", "%", "FLOP/cycle", "OP/cycle", "count", "cycle"}


def format_si(value: float | None, unit: str, digits: int = 3) -> str:
    """A value in SI base units with a decimal prefix: `1.23 TFLOP/s`; unknown is an em dash.

    >>> format_si(1.2345e12, "FLOP/s")
    '1.23 TFLOP/s'
    >>> format_si(0.4, "%")
    '40.0 %'
    """
    if value is None:
        return "—"
    if unit == "%":
        return f"{significant(value * 100, digits)} %"
    if unit in _PLAIN or value == 0:
        return f"{significant(value, digits)} {unit}".rstrip()
    factor, prefix = next(
        (entry for entry in _PREFIXES if abs(value) >= entry[0] * (1 - 0.5 * 10.0**-digits)),
        _PREFIXES[-1],
    )
    return f"{significant(value / factor, digits)} {prefix}{unit}"


def format_bytes(size_bytes: int) -> str:
    """A size of storage as it is sold and as computers count it.

    >>> format_bytes(71_000_000_000_000), format_bytes(512)
    ('71.0 TB (64.6 TiB)', '512 B')
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    power = min(6, (size_bytes.bit_length() - 1) // 10)
    if not power:
        return format_si(size_bytes, "B")
    binary = significant(size_bytes / 1024**power, 3)
    return f"{format_si(size_bytes, 'B')} ({binary} {'KMGTPE'[power - 1]}iB)"


def format_binary(size_bytes: float | None) -> str:
    """A size of a cache, with a prefix of powers of 1024; unknown is an em dash.

    >>> format_binary(49152), format_binary(1310720)
    ('48 KiB', '1.25 MiB')
    """
    if size_bytes is None:
        return "—"
    power = min(3, max(0, math.floor(math.log2(size_bytes)) // 10)) if size_bytes else 0
    return f"{size_bytes / 1024**power:g} {('B', 'KiB', 'MiB', 'GiB')[power]}"


def significant(value: float, digits: int) -> str:
    """Round to significant digits without an exponent."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:.{max(0, places)}f}"
