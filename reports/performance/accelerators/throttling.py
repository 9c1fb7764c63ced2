"""Throttle attribution: an accelerator's distance from its peak, by its readings. Pure.

The peak is an argument: whoever measures cannot see what a card is meant to reach.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.evidence import throttle_reasons
from bench.evidence.outcome import Reading, Readings, Samples

SHARE = 0.05
"""A reason in fewer of the readings is not named: it explains next to nothing."""
LOWERED = 0.99
"""A power limit below this share of the default one was lowered by somebody."""
SLOWED = 0.98
"""A clock below this share of the highest one was held down."""
UNEXPLAINED = "no cause shows in the readings"
_FLAT = 0.03
"""A power that stays within this share of its mean leans on a limit that nobody names."""
_BUSY = 0.5
"""A device used for less than this share of the time was not loaded."""


@dataclass(frozen=True, slots=True)
class Loss:
    """How far below, and why."""

    share: float
    """Rate over peak, minus one: -0.14 is 14 % below."""
    causes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{round(self.share * 100):+d} %: {', '.join(self.causes)}"


def loss(
    rate: float, peak: float, readings: Sequence[Reading], max_clock_hz: float | None = None
) -> Loss:
    """What the readings of one measurement say about its distance from the peak.

    Raises ValueError for a peak that is not above zero.
    """
    if not peak > 0:
        raise ValueError(f"peak is {peak}; wanted above 0")
    found = causes(readings, max_clock_hz)
    return Loss(rate / peak - 1, found or (UNEXPLAINED,))


def causes(readings: Sequence[Reading], max_clock_hz: float | None = None) -> tuple[str, ...]:
    """What held a card back, the commonest first; empty where nothing shows."""
    named = reasons(readings)
    found = [f"{name} in {share * 100:.0f} % of samples" for name, share in named]
    found += _limit(readings, {name for name, _ in named})
    found += _temperature(readings, {name for name, _ in named})
    if not named:
        found += _unnamed(readings, max_clock_hz)
    return tuple(found)


def reasons(readings: Sequence[Reading]) -> tuple[tuple[str, float], ...]:
    """Reasons for a lowered clock with their share of the readings, the commonest first."""
    told = [
        reading.accelerator.throttle
        for reading in readings
        if reading.accelerator is not None and reading.accelerator.throttle is not None
    ]
    counts = Counter(name for names in told for name in set(names) - {throttle_reasons.IDLE})
    return tuple(
        (name, count / len(told))
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= SHARE * len(told)
    )


def during(samples: Samples, readings: Readings) -> tuple[tuple[str, ...], ...]:
    """Of every sample the reasons for a lowered clock while it was taken, each once.

    Samples and readings are in the order of time. A sample between two readings has the reasons
    of the one before: a clock is held down for longer than sensors take to be read again.
    """
    if readings.accelerator is None:
        return ((),) * len(samples)
    told = readings.accelerator.throttle
    found = []
    for start_s, duration_s in zip(samples.start_s, samples.duration_s, strict=True):
        first = bisect_left(readings.at_s, start_s)
        end = bisect_right(readings.at_s, start_s + duration_s)
        inside = told[first:end] or told[max(0, first - 1) : first]
        names = (name for reasons in inside for name in reasons or ())
        found.append(tuple(dict.fromkeys(name for name in names if name != throttle_reasons.IDLE)))
    return tuple(found)


def _limit(readings: Sequence[Reading], named: set[str]) -> list[str]:
    limits = [
        (reading.accelerator.power_limit_w, reading.accelerator.default_power_limit_w)
        for reading in readings
        if reading.accelerator is not None
    ]
    known = [(now, sold) for now, sold in limits if now is not None and sold]
    if not known:
        return []
    now, sold = min(known)
    if now < LOWERED * sold:
        return [f"limit {now:.0f} of {sold:.0f} W"]
    return [f"limit {sold:.0f} W"] if named & throttle_reasons.POWER else []


def _temperature(readings: Sequence[Reading], named: set[str]) -> list[str]:
    found = [reading.temperature_c for reading in readings if reading.temperature_c is not None]
    return [f"up to {max(found):.0f} °C"] if found and named & throttle_reasons.THERMAL else []


def _unnamed(readings: Sequence[Reading], max_clock_hz: float | None) -> list[str]:
    """What shows without the driver's word for it: some limits are set behind its back."""
    found = []
    clocks = [reading.clock_hz for reading in readings if reading.clock_hz is not None]
    slowed = bool(clocks) and max_clock_hz is not None and _mean(clocks) < SLOWED * max_clock_hz
    if slowed and max_clock_hz is not None:
        found.append(f"clock {_mean(clocks) / 1e9:.2f} of {max_clock_hz / 1e9:.2f} GHz")
        powers = [reading.power_w for reading in readings if reading.power_w is not None]
        if len(powers) > 1 and max(powers) - min(powers) <= _FLAT * _mean(powers):
            found.append(f"power flat at {_mean(powers):.0f} W: a limit that the driver hides")
        else:
            found.append("the driver names no reason")
    used = [
        reading.accelerator.utilisation
        for reading in readings
        if reading.accelerator is not None and reading.accelerator.utilisation is not None
    ]
    if used and _mean(used) < _BUSY:
        found.append(f"in use for {_mean(used) * 100:.0f} % of the time only")
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
