"""Distribution-free intervals of the median by order statistics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

WANTED_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class MedianInterval:
    """A median with bounds, and the probability that they cover the true one."""

    value: float
    low: float
    high: float
    confidence: float
    n: int


def interval(values: Sequence[float]) -> MedianInterval | None:
    """Median of the processes' rates with an order-statistic interval; None below two of them.

    For n independent values, P(x(k) <= median <= x(n+1-k)) = 1 - 2 P(Bin(n, 1/2) < k)
    (David and Nagaraja, Order Statistics, 3rd ed., section 7.1). The narrowest interval that
    reaches 95 % is taken; below six processes none does, and the range says how much it covers.
    """
    n = len(values)
    if n < 2:
        return None
    ordered = sorted(values)
    k, confidence = _rank(n)
    middle = n // 2
    value = ordered[middle] if n % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return MedianInterval(value, ordered[k - 1], ordered[n - k], confidence, n)


@cache
def _rank(n: int) -> tuple[int, float]:
    """Which of n ordered values is the lower bound, and what the interval covers."""
    k = 1
    while k < n // 2 and _coverage(n, k + 1) >= WANTED_CONFIDENCE:
        k += 1
    return k, _coverage(n, k)


def _coverage(n: int, k: int) -> float:
    # Integers first: 0.5**n alone underflows for a fleet of more than a thousand nodes.
    tail = sum(math.comb(n, i) for i in range(k))
    return 1 - (2 * tail) / int(2**n)
