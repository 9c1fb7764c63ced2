"""What a stated result says of a guarantee: a claim, which can contradict it and never prove it.

A summary holds no seconds, no proof that caches were passed by and no data that was read back. A
mean rate below the target, or a latency beyond its bound at no more in flight than the definition
has, contradicts the guarantee; the rest is at best no contradiction. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from storage_bench.guarantee.definition import Guarantee

MIX_SHARE = 0.02
"""How far the share of reads may lie from the definition's."""


@dataclass(frozen=True, slots=True)
class StatedLatency:
    """Percentiles by share, and the largest; what is not known is left out or None."""

    percentiles_s: Mapping[float, float]
    max_s: float | None


@dataclass(frozen=True, slots=True)
class StatedResult:
    """What somebody says that a load did; None for what is not said."""

    reads: int
    writes: int
    io_bytes: int
    duration_s: float
    direct: bool | None
    random: bool | None
    in_flight: int | None
    latencies: Mapping[str, StatedLatency]
    """Of reads and of writes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What follows from a stated result, and why."""

    verdict: Literal["contradicts", "does not contradict", "says nothing of"]
    because: tuple[str, ...]


def claim(guarantee: Guarantee, stated: StatedResult) -> Claim:
    """Hold a stated result against the definition."""
    if other := _other_load(guarantee, stated):
        return Claim("says nothing of", other)
    rate = (stated.reads + stated.writes) / stated.duration_s
    against = []
    if rate < guarantee.target_iops:
        against.append(f"{rate:.0f} IOPS in the mean, wanted {guarantee.target_iops:.0f}")
    for name, latency in stated.latencies.items():
        against += _too_slow(guarantee, name, latency, stated.in_flight)
    if against:
        return Claim("contradicts", tuple(against))
    return Claim("does not contradict", ("a summary proves no guarantee: no second of it is kept",))


def _other_load(guarantee: Guarantee, stated: StatedResult) -> tuple[str, ...]:
    """In what it is another load than the definition's."""
    load, ios = guarantee.load, stated.reads + stated.writes
    if not ios:
        return ("neither reads nor writes",)
    block_bytes, share = stated.io_bytes / ios, stated.reads / ios
    other = []
    if abs(block_bytes - load.block_bytes) > 1:
        other.append(f"blocks of {block_bytes:.0f} B, wanted {load.block_bytes}")
    if abs(share - load.read_share) > MIX_SHARE:
        other.append(f"{share:.0%} reads, wanted {load.read_share:.0%}")
    if stated.random is not True:
        other.append("not random" if stated.random is False else "nobody says whether random")
    if stated.direct is not True:
        other.append(
            "through the page cache" if stated.direct is False else "nobody says whether direct"
        )
    if stated.duration_s < guarantee.rate.long_window_s:
        other.append(f"{stated.duration_s:g} s, wanted {guarantee.rate.long_window_s} or more")
    return tuple(other)


def _too_slow(
    guarantee: Guarantee, name: str, latency: StatedLatency, in_flight: int | None
) -> list[str]:
    if in_flight is None or in_flight > guarantee.load.in_flight:
        return []  # what queues on the asking side is no latency of the storage
    rule = guarantee.latency
    bounds = (
        ("p99", latency.percentiles_s.get(0.99), rule.p99_s),
        ("p99.9", latency.percentiles_s.get(0.999), rule.p999_s),
        ("max", latency.max_s, rule.max_s),
    )
    return [
        f"{what} of {name}s {value * 1e3:.3g} ms, at most {bound * 1e3:g}"
        for what, value, bound in bounds
        if value is not None and value > bound
    ]
