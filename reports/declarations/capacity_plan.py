"""The capacity plan: indicators, targets and years; what it asks of storage."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from bench.errors import UsageError
from reports.declarations import capacity_plan as plans
from reports.declarations.loader import read, read_shipped, shipped


@dataclass(frozen=True, slots=True)
class StorageTargets:
    """The two storage indicators of one year."""

    plan: str
    year: int
    total_bytes: int
    share: Fraction
    """Exactly what the plan says: 0.3, which no float is."""

    @property
    def said(self) -> dict[str, object]:
        return {
            "plan": self.plan,
            "year": self.year,
            "total_bytes": self.total_bytes,
            "share": float(self.share),
        }


def storage_targets(plan: str | None, year: int | None) -> StorageTargets:
    """Total and share of a plan's year, its last unless another is named. Raises UsageError."""
    found = plans.load(plan or plans.DEFAULT)
    wanted = year if year is not None else max(found.years)
    if wanted not in found.years:
        raise UsageError(
            f"Plan {found.id} has no targets for {wanted}.",
            f"It has {', '.join(map(str, found.years))}.",
        )
    by_id = {i.id: i.target(wanted, telecom=False) for i in found.indicators}
    return StorageTargets(
        plan=found.id,
        year=wanted,
        total_bytes=int(by_id["storage_total"].value),
        share=Fraction(str(by_id["flash_share"].value)),
    )


DEFAULT = "chongqing-2023-2025"

Operator = Literal[">", ">=", "<="]
"""超过 excludes the number; 以上, 以下 and 不高于 include it (Civil Code, art. 1259)."""
Scope = Literal["city", "facility", "volume", "link"]
"""What a figure must be of before it can be held against the target."""

EXAMPLE = "reports/declarations/plans/chongqing-2023-2025.toml shows the form."


@dataclass(frozen=True, slots=True)
class Unit:
    """How the plan writes a quantity, beside the SI base unit that it is judged in."""

    si: str
    plan: str
    factor: float
    """SI base units in one unit of the plan."""

    def in_plan(self, amount: float | None) -> float | None:
        """An SI amount in the plan's unit, free of the noise that binary scaling adds."""
        return None if amount is None else float(f"{amount / self.factor:.14g}")


@dataclass(frozen=True, slots=True)
class Clause:
    """A definition or a threshold in the plan's own words."""

    id: str
    place: str
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One place of the plan that states a target: the table and the text may differ."""

    year: int
    value: float
    """SI base units."""
    operator: Operator
    place: str
    text_zh: str
    """The words or the table cell."""
    addressee: Literal["all", "telecom"] = "all"
    """The telecom operators (基础电信企业) have a figure of their own for some indicators."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is judged by: the strictest statement of its year."""

    year: int
    value: float
    operator: Operator
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the plan's indicators."""

    number: int
    id: str
    name_zh: str
    name_en: str
    unit: Unit
    scope: Scope
    policy_dependent: bool
    """Whether the figure changes with the conversion policy."""
    formula: str
    undefined: str
    """What the plan leaves open, and what is done about it here."""
    clauses: tuple[str, ...]
    statements: tuple[Statement, ...]

    def target(self, year: int, telecom: bool) -> Target:
        """The target of a year, in the telecom operators' own column where there is one."""
        of_year = [s for s in self.statements if s.year == year]
        own = [s for s in of_year if s.addressee == "telecom"] if telecom else []
        stated = own or [s for s in of_year if s.addressee == "all"]
        strictest = max(stated, key=lambda s: (s.value, s.operator == ">"))
        return Target(year, strictest.value, strictest.operator, tuple(stated))


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number in the plan's text or footnotes that is no indicator of its own."""

    id: str
    name_zh: str
    name_en: str
    unit: Unit
    scope: Scope
    operator: Operator
    value: float
    """SI base units."""
    binding: bool
    """Whether to miss it is to miss the plan; a definition or an encouragement is not."""
    clause: str
    formula: str


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """A whole plan, as data."""

    id: str
    title_zh: str
    title_en: str
    issued_for: str
    years: tuple[int, ...]
    clauses: tuple[Clause, ...]
    indicators: tuple[Indicator, ...]
    thresholds: tuple[Threshold, ...]

    def __post_init__(self) -> None:
        ids = [indicator.id for indicator in self.indicators]
        ids += [threshold.id for threshold in self.thresholds]
        ids += [clause.id for clause in self.clauses]
        if len(set(ids)) != len(ids):
            raise ValueError(f'"{next(i for i in ids if ids.count(i) > 1)}" is given twice')
        known = {clause.id for clause in self.clauses}
        named = [c for indicator in self.indicators for c in indicator.clauses]
        named += [threshold.clause for threshold in self.thresholds]
        if missing := sorted(set(named) - known):
            raise ValueError(f'clause "{missing[0]}" is named but not given')
        for indicator in self.indicators:
            stated = {s.year for s in indicator.statements if s.addressee == "all"}
            if without := sorted(set(self.years) - stated):
                raise ValueError(f"indicator {indicator.id} has no target for {without[0]}")

    def entry(self, id: str) -> Indicator | Threshold:
        """The indicator or threshold of that id. Raises KeyError."""
        entries: dict[str, Indicator | Threshold] = {i.id: i for i in self.indicators}
        return (entries | {t.id: t for t in self.thresholds})[id]

    def clause(self, id: str) -> Clause:
        return next(clause for clause in self.clauses if clause.id == id)

    def threshold(self, id: str) -> Threshold:
        """A threshold by its id. Raises UsageError for a plan that does not state it."""
        for threshold in self.thresholds:
            if threshold.id == id:
                return threshold
        raise UsageError(f'Plan {self.id} states no threshold "{id}".', EXAMPLE)


def names() -> tuple[str, ...]:
    """Plans that come with capbench."""
    return shipped("declarations/plans")


def load(name_or_path: str | Path) -> CapacityPlan:
    """A plan by its name, or from a TOML file. Raises UsageError."""
    if str(name_or_path) in names():
        return read_shipped(CapacityPlan, "declarations/plans", str(name_or_path))
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and path.suffix != ".toml" and not path.exists():
        raise UsageError(
            f'There is no plan "{name_or_path}".',
            f"Give one of {', '.join(names())}, or the path of a TOML file.",
        )
    found = read(CapacityPlan, path, "a plan", EXAMPLE)
    if found.id in names() and found != load(found.id):
        raise UsageError(
            f"{path} is called {found.id} and is not that plan: a released one never changes.",
            "Give it an id of its own.",
        )
    return found
