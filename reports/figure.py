"""A figure with what it rests on, or the reason why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reports.interval import Interval


class Basis(StrEnum):
    """What a figure rests on."""

    MEASURED = "measured"
    DECLARED = "declared"
    MIXED = "mixed"
    """Measured in part: the rest is declared, or extrapolated to a declared number of nodes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in SI base units."""

    amount: Interval
    unit: str
    basis: Basis | None
    """None where nothing was measured or declared, because there is nothing of the kind."""
    how: tuple[str, ...]
    """The terms that it was made of, one a line."""
    gaps: tuple[str, ...] = ()
    """What is missing in it and leaves it open upwards."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No figure, and why."""

    reason: str


def joint_basis(bases: Iterable[Basis | None]) -> Basis | None:
    """What a sum rests on; None for nothing at all."""
    found = {basis for basis in bases if basis is not None}
    return found.pop() if len(found) == 1 else Basis.MIXED if found else None
