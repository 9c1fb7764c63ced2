"""What is read of a drive on the way: hours under power and the link; what is odd about them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields

NEW_HOURS = 1000
"""A system whose drives ran less than this in the median is new: burn-in takes days."""
USED_HOURS = 2000
"""So much more than the other drives of a new system, and a drive was used elsewhere."""
RESET_HOURS = 500
"""So much more in Seagate's own log (FARM) than in SMART, and SMART was set back."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Of one drive; None where nobody told."""

    power_on_hours: int | None = None
    farm_hours: int | None = None
    """Hours in Seagate's field-accessible reliability metrics, which a reset of SMART leaves."""
    link_gbps: float | None = None
    """As it runs; of PCIe a lane."""
    link_max_gbps: float | None = None
    """What the drive can do."""
    lanes: int | None = None
    lanes_max: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))


def joined(conditions: Sequence[Condition]) -> Condition:
    """One out of several answers: what the first of them tells that tells it."""
    return Condition(
        **{
            one.name: next((v for c in conditions if (v := getattr(c, one.name)) is not None), None)
            for one in fields(Condition)
        }
    )


def findings(named: Sequence[tuple[str, Condition]]) -> list[str]:
    """What is odd about the drives of one host, each with its name."""
    hours = [c.power_on_hours for _, c in named if c.power_on_hours is not None]
    usual = statistics.median_low(hours) if len(hours) > 1 else None
    found = []
    for name, about in named:
        found += [f"drive {name}: {what}" for what in (*_used(about, usual), *_slow(about))]
    return found


def _used(about: Condition, usual: float | None) -> list[str]:
    smart, farm = about.power_on_hours, about.farm_hours
    if smart is not None and farm is not None and farm - smart > RESET_HOURS:
        return [f"used before: {farm} hours by FARM, {smart} by SMART, which was set back"]
    if smart is None or usual is None or usual >= NEW_HOURS or smart - usual <= USED_HOURS:
        return []
    return [f"used drive in a new system: {smart} hours under power, the others {usual:.0f}"]


def _slow(about: Condition) -> list[str]:
    found = []
    now, best = about.link_gbps, about.link_max_gbps
    if now is not None and best is not None and now < best:
        found.append(f"link slower than the drive: {now:g} of {best:g} Gb/s")
    if about.lanes is not None and about.lanes_max is not None and about.lanes < about.lanes_max:
        found.append(f"link narrower than the drive: {about.lanes} of {about.lanes_max} lanes")
    return found
