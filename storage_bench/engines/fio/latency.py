"""The latency of one direction of fio's output, whichever version and options wrote it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storage_bench.engines.fio.documents import Object, table
from storage_bench.engines.fio.parts import integer
from storage_bench.histogram import merged
from storage_bench.job import Latency

MOST = 2.0**63
SHARES = (0.5, 0.99, 0.999)
Of = Literal["whole", "completion"]
_KINDS: tuple[tuple[str, Of, float], ...] = (
    ("lat_ns", "whole", 1e-9),
    ("clat_ns", "completion", 1e-9),
    ("lat", "whole", 1e-6),
    ("clat", "completion", 1e-6),
)
"""Keys of fio 3 (nanoseconds) and of fio 2 (microseconds), the whole latency first."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of a latency: its percentiles, and the largest."""

    of: Of
    """From submission on, or only the time that the storage had it."""
    percentiles_s: Mapping[float, float]
    """By share; what nobody stated is left out."""
    max_s: float | None
    bins: Latency | None = None


def stated(part: Object) -> Stated | None:
    """The latency with the most to say: one with percentiles before one without."""
    found = [one for key, of, unit in _KINDS if (one := _of(table(part, key), of, unit))]
    return next((one for one in found if one.percentiles_s), found[0] if found else None)


def together(parts: Sequence[Stated | None]) -> Stated | None:
    """One out of several: by their bins, else only the largest, as percentiles have no mean."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    if len(known) == 1:
        return known[0]
    of: Of = "completion" if any(part.of == "completion" for part in known) else "whole"
    largest = [part.max_s for part in known if part.max_s is not None]
    max_s = max(largest) if len(largest) == len(known) else None
    bins = None
    if len({part.of for part in known}) == 1 and all(part.bins for part in known):
        bins = merged(part.bins for part in known)
    return Stated(of, _from(bins) if bins else {}, max_s, bins)


def _of(found: Object, of: Of, unit: float) -> Stated | None:
    largest = _positive(found.get("max"))
    if largest is None:
        return None
    bins = _bins(found) if unit == 1e-9 else None
    percentiles = _from(bins) if bins else _listed(table(found, "percentile"), unit)
    return Stated(of, percentiles, largest * unit, bins)


def _bins(found: Object) -> Latency | None:
    try:
        counts = {int(ns): int(count) for ns, count in table(found, "bins").items() if int(count)}
    except (TypeError, ValueError):
        return None
    low, high = integer(found, "min"), integer(found, "max")
    if not counts or low is None or high is None:
        return None
    places = tuple(sorted(counts))
    return Latency(places, tuple(counts[place] for place in places), low, high)


def _from(bins: Latency) -> dict[float, float]:
    return {share: bins.percentile_ns(share) * 1e-9 for share in SHARES}


def _listed(percentile: Object, unit: float) -> dict[float, float]:
    """The percentiles that fio wrote; its list is filled up with zeros, which are none."""
    known = {}
    for share in SHARES:
        value = _positive(percentile.get(f"{share * 100:.6f}"))
        if value is not None:
            known[share] = value * unit
    return known


def _positive(value: object) -> float | None:
    """A latency that can be: JSON of Python's knows NaN and infinity."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value < MOST else None
