"""What the compiled loops count: latencies in bins, for the whole time and for each second."""

from typing import Any

from numba.types import Array, int64, uint64

from storage_bench.engines.native.compiled import compiled
from storage_bench.engines.native.machine import atomic_add, atomic_max, leading_zeros
from storage_bench.histogram import BINS, COARSE_BINS, COARSE_BITS, SUB_BITS

READ, WRITE = 0, 1
FINE = 1 << SUB_BITS
SECOND_NS = 10**9

Counts = Array(int64, 2, "C")
"""A row for reads, a row for writes; the last two columns hold the smallest and the largest."""
MINIMUM, MAXIMUM = BINS, BINS + 1
WINDOW_COLUMNS = COARSE_BINS + 1
"""Of one direction in one second: the joined bins, and the largest latency."""


@compiled(int64(int64))
def bin_of(latency_ns: Any) -> Any:
    """Index of the bin; see histogram.py."""
    value = uint64(max(latency_ns, 0))
    if value < uint64(FINE):
        return int64(value)
    shift = uint64(63 - SUB_BITS) - leading_zeros(value)
    index = (shift + uint64(1)) * uint64(FINE) + ((value >> shift) - uint64(FINE))
    return min(int64(index), BINS - 1)


@compiled((Counts, uint64, int64, int64, int64))
def count(counts: Any, windows: Any, elapsed_ns: Any, direction: Any, latency_ns: Any) -> None:
    """Count one operation that ended `elapsed_ns` after the measured time began.

    `windows` is the address of the seconds, which all threads share, so these are changed as a
    whole.
    """
    index = bin_of(latency_ns)
    counts[direction, index] += 1
    counts[direction, MINIMUM] = min(counts[direction, MINIMUM], latency_ns)
    counts[direction, MAXIMUM] = max(counts[direction, MAXIMUM], latency_ns)
    row = uint64((elapsed_ns // SECOND_NS) * 2 + direction) * uint64(WINDOW_COLUMNS)
    atomic_add(windows + (row + uint64(index >> COARSE_BITS)) * uint64(8), 1)
    atomic_max(windows + (row + uint64(COARSE_BINS)) * uint64(8), latency_ns)
