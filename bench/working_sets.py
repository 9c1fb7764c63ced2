"""Working sets of a kernel that goes over several: their sizes, and their figures' names. Pure."""

import re

SMALLEST_BYTES = 4 << 10
FINE_BYTES = 8 << 20
"""Four sets an octave up to here; beyond, where a walk takes long, two."""
_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1))
_LABEL = re.compile(r"(\d+)(GiB|MiB|KiB|B)")


def sizes(largest_bytes: int) -> tuple[int, ...]:
    """Rising working sets up to the largest, in even steps of a quarter or half of an octave.

    >>> sizes(12 << 10)
    (4096, 5120, 6144, 7168, 8192, 10240, 12288)
    """
    found = []
    octave = SMALLEST_BYTES
    while octave <= largest_bytes:
        quarters = (4, 5, 6, 7) if octave < FINE_BYTES else (4, 6)
        found += [octave // 4 * quarter for quarter in quarters]
        octave *= 2
    return tuple(size for size in found if size <= largest_bytes)


def label(size_bytes: int) -> str:
    """A size as part of a metric's name, exactly.

    >>> label(48 << 10), label(5 << 19)
    ('48KiB', '2560KiB')
    """
    unit, factor = next(entry for entry in _UNITS if size_bytes % entry[1] == 0)
    return f"{size_bytes // factor}{unit}"


def parse(metric: str) -> tuple[str, int] | None:
    """Metric and working set of a figure that `label` is part of; None of any other.

    >>> parse("cpu.cache.read.48KiB")
    ('cpu.cache.read', 49152)
    """
    stem, _, last = metric.rpartition(".")
    found = _LABEL.fullmatch(last)
    if found is None or not stem:
        return None
    return stem, int(found[1]) * dict(_UNITS)[found[2]]
