"""Intervals and quantities: an amount is never without its bounds and its basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What a figure rests on."""

    MEASURED = "measured"
    DECLARED = "declared"
    MIXED = "mixed"
    """Measured in part: the rest is declared, or extrapolated to a declared number of nodes."""


@dataclass(frozen=True, slots=True)
class Quantity:
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


@dataclass(frozen=True, slots=True)
class Interval:
    """A non-negative amount. The value is the best single figure, or None where there is none."""

    low: float
    value: float | None
    high: float | None
    """None where nothing bounds the amount from above."""

    def __post_init__(self) -> None:
        if not self.low >= 0:
            raise ValueError(f"low is {self.low}; an amount is 0 or more")
        if self.high is not None and not self.high >= self.low:
            raise ValueError(f"high {self.high} lies below low {self.low}")

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            self.low + other.low,
            None if self.value is None or other.value is None else self.value + other.value,
            None if self.high is None or other.high is None else self.high + other.high,
        )

    def times(self, factor: float) -> Interval:
        """The amount scaled by a factor of 0 or more."""
        return Interval(
            self.low * factor,
            None if self.value is None else self.value * factor,
            None if self.high is None else self.high * factor,
        )

    def over(self, whole: Interval) -> Interval:
        """This amount divided by another that is above 0 and bounded."""
        assert self.high is not None
        assert whole.high is not None
        value = None
        if self.value is not None and whole.value is not None:
            value = self.value / whole.value
        return Interval(self.low / whole.high, value, self.high / whole.low)

    def hull(self, other: Interval) -> Interval:
        """The smallest interval around both; the value is not defined by it."""
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(min(self.low, other.low), None, high)

    def at_least(self, other: Interval) -> Interval:
        """The larger of two amounts, bound by bound."""
        value = other.value if self.value is None else self.value
        if self.value is not None and other.value is not None:
            value = max(self.value, other.value)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(max(self.low, other.low), value, high)

    def share_with(self, rest: Interval) -> Interval | None:
        """This amount over this amount and the rest; None where both are exactly zero.

        The share rises with this amount and falls with the rest, so each bound is taken at one
        corner.
        """
        if self.high == 0 and rest.high == 0:
            return None
        value = None
        if self.value is not None and rest.value is not None and self.value + rest.value > 0:
            value = self.value / (self.value + rest.value)
        low, high = 0.0, 1.0
        if self.low > 0 and rest.high is not None:
            low = self.low / (self.low + rest.high)
        if self.high == 0:
            high = 0.0
        elif rest.low > 0 and self.high is not None:
            high = self.high / (self.high + rest.low)
        return Interval(low, value, high)

    @property
    def unknown(self) -> bool:
        """Whether nothing at all is known about the amount."""
        return self.low == 0 and self.value is None and self.high is None


UNKNOWN = Interval(0.0, None, None)
NONE = Interval(0.0, 0.0, 0.0)


def exact(amount: float) -> Interval:
    """An amount without uncertainty: a count, or a declared figure as it was declared."""
    return Interval(amount, amount, amount)
