"""Criteria of a card, declared in a file with their sources, and held against the evidence."""

from dataclasses import dataclass
from functools import cache
from typing import Literal, assert_never

from bench.errors import UsageError
from bench.evidence.inventory import Device, Inventory
from bench.evidence.plan import KernelCase
from bench.units import format_si
from reports.catalogue.lookup import UnknownCard, find
from reports.declarations import loader
from reports.judgement.acceptance import ratios
from reports.judgement.acceptance.criterion import Criterion
from reports.judgement.acceptance.search import search_criteria, searched
from reports.performance.subject import Subject

FOLDER = "declarations/acceptance"
ANY_CARD = "data-sheet@1"
"""What a card without criteria of its own is judged by."""
Against = Literal["clock", "cycle", "rate", "spread", "sheet"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound, and who says so."""

    metric: str
    against: Against
    """What the figure is divided by: lanes x measured clock, FLOP a cycle of the silicon, a
    published rate, itself from run to run, or the bandwidth of the data sheet."""
    wanted: float
    source: str
    rate: float | None = None
    """For `rate` alone, in the unit of the figure."""

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.against == "rate"):
            raise ValueError(f"{self.metric}: a rate belongs to `against = rate`, and to no other")
        if not self.wanted > 0:
            raise ValueError(f"{self.metric}: wanted is {self.wanted}; a ratio above 0 is")


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria of one type of card."""

    id: str
    version: str
    title: str
    cards: tuple[str, ...]
    """Names of cards in the catalogue; empty for any card."""
    bounds: tuple[Bound, ...]


def names() -> tuple[str, ...]:
    """Criteria that come with capbench."""
    return loader.shipped(FOLDER)


@cache
def load(name: str) -> Criteria:
    """Criteria by name, for example h100-sxm@1. Raises UsageError."""
    if name not in names():
        raise UsageError(
            f'There are no acceptance criteria "{name}".', f"Known are {', '.join(names())}."
        )
    return loader.read_shipped(Criteria, FOLDER, name)


def default_for(device: Device) -> str:
    """The criteria for a card: its own in the highest version, else those of any card."""
    try:
        card = find(device.name).name
    except UnknownCard:
        return ANY_CARD
    return max((name for name in names() if card in load(name).cards), default=ANY_CARD)


def judged(subject: Subject, wanted: Criteria) -> tuple[Criterion, ...]:
    """Every bound, then the searches, if both were carried out.

    What a plan leaves out is never passed over: it may be what would not have held.
    """
    found = []
    for bound in wanted.bounds:
        cases = [
            case
            for case in subject.evidence.plan.cases
            if isinstance(case, KernelCase) and case.metric == bound.metric
        ]
        found.append(_judged(subject, cases, bound) if cases else _not_planned(bound))
    if (both := searched(subject)) is not None:
        found += search_criteria(both)
    return tuple(found)


def _not_planned(bound: Bound) -> Criterion:
    name, why = f"{bound.metric}, by its {bound.against}", "the plan of this run leaves it out"
    return Criterion(
        name, None, bound.wanted, why, at_most=bound.against == "spread", metric=bound.metric
    )


def _judged(subject: Subject, cases: list[KernelCase], bound: Bound) -> Criterion:
    match bound.against:
        case "clock":
            return ratios.of_clock(subject, cases, bound.wanted)
        case "cycle":
            return ratios.a_cycle(subject, cases, bound.wanted)
        case "rate":
            assert bound.rate is not None
            return ratios.of_rate(subject, cases, bound.wanted, bound.rate)
        case "spread":
            return ratios.spread(subject, cases, bound.wanted)
        case "sheet":
            return ratios.of_sheet(subject, cases, bound.wanted)
        case _:
            assert_never(bound.against)


def header(inventory: Inventory, date: str) -> str:
    """What every ratio depends on: card, driver, power limit and date."""
    device = ratios.card_of(inventory)
    facts = device.accelerator
    limits = "power limit unknown"
    if facts is not None and facts.power_limit_w and facts.default_power_limit_w:
        now, sold = (format_si(w, "W") for w in (facts.power_limit_w, facts.default_power_limit_w))
        limits = f"power limit {now} of {sold}"
    ecc = {True: "on", False: "OFF", None: "unknown"}[None if facts is None else facts.ecc]
    software = [f"{k} {v}" for k, v in inventory.software.items() if k in ("torch", "numba-cuda")]
    return ", ".join(
        (
            f"{device.name} ({device.uuid})",
            (None if facts is None else facts.partition) or "partition unknown",
            f"driver {device.driver or 'unknown'}",
            limits,
            f"ECC {ecc}",
            *software,
            date,
        )
    )
