"""A criterion with the ratio that was found."""

from dataclasses import dataclass

from reports.performance.peak import TOLERANCE


@dataclass(frozen=True, slots=True)
class Criterion:
    """One ratio, what it is wanted to be, and the figures that it is of."""

    name: str
    ratio: float | None
    """None where one of the figures is missing; `detail` says why."""
    wanted: float
    detail: str
    at_most: bool = False
    physical: bool = False
    """Whether 1 is what the silicon can do: a ratio above it is an error, not a record."""
    metric: str | None = None
    """The figure that it is about; None for one about several."""

    @property
    def impossible(self) -> bool:
        return self.physical and self.ratio is not None and self.ratio > 1 + TOLERANCE

    @property
    def holds(self) -> bool | None:
        """None where nothing was measured: that is never a pass."""
        if self.ratio is None:
            return None
        enough = self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted
        return enough and not self.impossible

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not measured"
        if self.impossible:
            return "IMPOSSIBLE, so that nothing here can be trusted"
        return "holds" if self.holds else "DOES NOT HOLD"

    @property
    def bound(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.wanted:g}"

    def __str__(self) -> str:
        if self.ratio is None:
            return f"{self.name}: not measured: {self.detail}"
        return f"{self.name}: {self.ratio:.4f}, wanted {self.bound}: {self.verdict}; {self.detail}"
