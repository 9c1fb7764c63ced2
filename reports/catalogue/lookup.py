"""Lookup of a device's peak: in the catalogue, else from its silicon, else measured."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from bench.errors import UsageError
from reports.catalogue.accelerators import (
    AcceleratorModel,
    Bounds,
    Family,
    Pipe,
    Rate,
    accelerator_models,
    families,
    silicon_of,
    source_text,
)
from reports.quantities import Interval, exact

NEAREST = 3


class UnknownCard(UsageError):
    """A name that no data sheet has; the next step names the nearest ones."""

    exit_code = 1


class AmbiguousCard(UnknownCard):
    """A name that several cards are sold under; `span` is what all of them could do together."""

    def __init__(self, name: str, family: Family) -> None:
        super().__init__(
            f'"{name}" is one of {", ".join(family.cards)}.',
            f"It is decided by {family.decided_by}.",
        )
        self.span = _span(family)


@dataclass(frozen=True, slots=True)
class ObservedDevice:
    """What was found out about a device itself, for one that is in no data sheet."""

    architecture: str | None = None
    units: int | None = None
    max_clock_hz: float | None = None
    measured: Interval | None = None
    """Best rate that was measured, in FLOP/s or OP/s."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A dense peak of one device, in FLOP/s or OP/s, and where it comes from."""

    per_s: Interval
    how: Literal["catalogue", "formula", "measured"]
    confidence: Literal["H", "M", "L"]
    source: str
    clock_hz: float | None = None
    """Clock of the pipe at which it holds; None where it is not known."""

    def at(self, clock_hz: float) -> Interval | None:
        """The peak at another clock; None where its own is not known."""
        return None if self.clock_hz is None else self.per_s.times(clock_hz / self.clock_hz)


def find(name: str) -> AcceleratorModel:
    """The card of that name, as a driver prints it or as people write it.

    Raises AmbiguousCard for the name of a family and UnknownCard for any other. Names that fit two
    cards, such as "H100", are in no data sheet.
    """
    wanted = _plain(name)
    for card in accelerator_models():
        if wanted in map(_plain, _names(card)):
            return card
    for family in families():
        if wanted in map(_plain, (family.name, *family.names)):
            raise AmbiguousCard(name, family)
    near = nearest(name)
    raise UnknownCard(
        f'There is no data sheet of "{name}".',
        f"The nearest names are {', '.join(near)}." if near else "No name is near it.",
    )


def nearest(name: str) -> tuple[str, ...]:
    """Cards whose names hold the given one, then those that are spelled most alike."""
    wanted = _plain(name)
    owners = {_plain(known): card.name for card in accelerator_models() for known in _names(card)}
    holding = [known for known in owners if wanted in known]
    alike = get_close_matches(wanted, owners, n=len(owners), cutoff=0.5)
    return tuple(dict.fromkeys(owners[known] for known in holding + alike))[:NEAREST]


def resolve(
    name: str, precision: str, pipe: Pipe | None = None, seen: ObservedDevice | None = None
) -> Resolved | None:
    """The dense peak of one device of that name; None where nothing tells.

    A data sheet comes first. Units x FLOP per unit and cycle x clock is taken for a card without
    one, and never for a card that is known to be capped. What was measured comes last.
    """
    seen = seen or ObservedDevice()
    try:
        card = find(name)
    except UnknownCard:
        card = None
    if card is not None and (rate := card.rate(precision, pipe)) is not None:
        shown = 1 / card.dies if _plain(name) in map(_plain, card.drivers) else 1.0
        return Resolved(
            rate.per_s.times(shown),
            "catalogue",
            rate.confidence or card.confidence,
            source_text(rate.sources or card.sources),
            None if rate.clock_ghz is None else rate.clock_ghz * 1e9,
        )
    if card is None or card.capped is None:
        formula = _formula(name, precision, pipe, seen)
        if formula is not None:
            return formula
    if seen.measured is not None:
        return Resolved(seen.measured, "measured", "L", "the best rate measured here")
    return None


def impossible(measured: Interval, peak: Interval) -> bool:
    """Whether a measurement lies above the peak for certain: then its clock, its operands, its
    timer or the name of the card is wrong, and it is an error, not a record."""
    return peak.high is not None and measured.low > peak.high


def _formula(name: str, precision: str, pipe: Pipe | None, seen: ObservedDevice) -> Resolved | None:
    silicon = silicon_of(seen.architecture, name)
    if silicon is None or seen.units is None or seen.max_clock_hz is None:
        return None
    for rate in silicon.rates:
        if rate.precision == precision and pipe in (None, rate.pipe):
            return Resolved(
                exact(seen.units * rate.flop * seen.max_clock_hz),
                "formula",
                "L",
                f"{seen.units} units x {rate.flop} FLOP ({silicon.kind}) "
                f"x {seen.max_clock_hz / 1e9:g} GHz",
                seen.max_clock_hz,
            )
    return None


def _span(family: Family) -> AcceleratorModel:
    """The cards of a family as one, with intervals from the least to the most of them."""
    first, *others = (find(name) for name in family.cards)
    cards = (first, *others)

    def rate(key: str, known: Rate) -> Rate:
        same = [found for card in cards for k, found in card.keyed_rates() if k == key]
        return replace(known, dense_tera=_bounds(r.dense_tera for r in same), best_tera=None)

    powers = [card.power_w for card in cards if card.power_w is not None]
    return replace(
        first,
        name=family.name,
        drivers=(),
        names=family.names,
        rates=tuple(rate(key, known) for key, known in first.keyed_rates()),
        memory_gb=_bounds(card.memory_gb for card in cards),
        bandwidth_gb_s=_bounds(card.bandwidth_gb_s for card in cards),
        power_w=_bounds(powers) if len(powers) == len(cards) else None,
        note=f"one of {', '.join(family.cards)}, decided by {family.decided_by}",
    )


def _bounds(several: Iterable[Bounds]) -> Bounds:
    lows, highs = zip(*several, strict=True)
    return min(lows), max(highs)


def _names(card: AcceleratorModel) -> tuple[str, ...]:
    return (card.name, *card.drivers, *card.names)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
