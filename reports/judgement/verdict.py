"""Verdicts and what belongs to one."""

from dataclasses import dataclass
from enum import StrEnum

from reports.declarations.capacity_plan import Operator, Scope
from reports.quantities import Basis, Interval


class Verdict(StrEnum):
    """What became of a target."""

    MET = "met"
    NOT_MET = "not met"
    UNDECIDED = "undecided"
    """The target lies inside the interval."""
    NOT_MEASURED = "not measured"
    """There is no figure that could be held against it."""


class Robustness(StrEnum):
    """Whether a verdict survives the other certifiable conversion policies."""

    PASS_ROBUST = "pass-robust"
    PASS_POLICY_DEPENDENT = "pass-policy-dependent"
    FAIL = "fail"
    NOT_COMPUTABLE = "not-computable"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was found about a demand that is no matter of one amount: the verdict itself."""

    verdict: Verdict
    reason: str
    said: str
    """In a few words, where others have their amount: `2 of 3 systems`."""
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same indicator under another conversion policy."""

    policy: str
    certifiable: bool
    verdict: Verdict
    amount: Interval | None
    reason: str


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """One target of the plan and what was found about it. SI base units."""

    number: int | None
    """Number of the indicator; None for a threshold."""
    id: str
    year: int | None
    operator: Operator
    target: float
    unit: str
    scope: Scope
    verdict: Verdict
    reason: str
    amount: Interval | None
    """The indicator's own amount; None where it is not known at the plan's scope."""
    contribution: Interval | None
    """What the machine or facility would bring in, where it is less than the plan's scope."""
    basis: Basis | None
    policy: str | None
    """The conversion policy, where the figure depends on one."""
    alternatives: tuple[Alternative, ...]
    robustness: Robustness | None
    how: tuple[str, ...]
    gaps: tuple[str, ...]
    binding: bool
    """Whether to miss it is to miss the plan."""
    said: str | None = None
    """What was found, where it is no amount."""
