"""Working sets of a kernel that goes over several: their sizes, and their figures' names. Pure."""

SMALLEST_BYTES = 4 << 10
FINE_BYTES = 8 << 20
"""Four sets an octave up to here; beyond, where a walk takes long, two."""


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
