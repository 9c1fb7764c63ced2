"""Published dense peaks of accelerators, each with its source and confidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from bench.units import format_si
from reports.declarations.loader import read_shipped
from reports.quantities import Interval

FILES = ("nvidia", "amd", "china")
"""The data sheets in `reports/datasheets`, one file a group of vendors."""

Pipe = Literal["vector", "matrix"]
Confidence = Literal["H", "M", "L"]
Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rate:
    """One published dense rate of a card."""

    precision: str
    pipe: Pipe
    dense_tera: Bounds
    """10^12 FLOP/s, OP/s for int8; two values where the sources differ."""
    best_tera: float | None = None
    """The value that the sources favour where they differ."""
    sparse_tera: float | None = None
    """The published rate with 2:4 sparsity; None where it is twice the dense one."""
    clock_ghz: float | None = None
    """Clock of this pipe at which the rate was published; None where it is not known."""
    accumulate: Literal["fp16"] | None = None
    """None for the usual accumulation: FP32, FP64 for fp64, INT32 for int8."""
    confidence: Confidence | None = None
    """None for the card's own."""
    sources: tuple[str, ...] = ()
    """Empty for the card's own."""

    @property
    def per_s(self) -> Interval:
        """The rate in FLOP/s or OP/s."""
        low, high = self.dense_tera
        best = low if low == high else self.best_tera
        return Interval(_tera(low), None if best is None else _tera(best), _tera(high))

    @property
    def unit(self) -> str:
        return "OP/s" if self.precision == "int8" else "FLOP/s"

    def text(self) -> str:
        """The rate for people, with both bounds where the sources differ."""
        low, high = (format_si(_tera(bound), self.unit) for bound in self.dense_tera)
        return low if low == high else f"{low} to {high}"


@dataclass(frozen=True, slots=True)
class AcceleratorModel:
    """One card as it is sold."""

    name: str
    drivers: tuple[str, ...]
    """Names as drivers print them."""
    names: tuple[str, ...]
    """Other names, as people write them."""
    vendor: str
    bandwidth_gb_s: Bounds
    confidence: Confidence
    sources: tuple[str, ...]
    rates: tuple[Rate, ...]
    memory_gb: Bounds
    power_w: Bounds | None = None
    """The vendor's limit; what it covers differs between vendors."""
    die_mm2: Bounds | None = None
    """All logic dies together; None where no area is published."""
    architecture: str | None = None
    """CUDA compute capability or AMD's gfx name; None where no rate per unit is published."""
    units: int | None = None
    """Streaming multiprocessors or compute units."""
    dies: int = 1
    """Devices that the driver shows for one card, each with an equal share of all figures."""
    capped: str | None = None
    """Why its rates do not follow from its silicon; None for a card that is not capped."""
    note: str | None = None

    def rate(self, precision: str, pipe: Pipe | None = None) -> Rate | None:
        """The rate meant by the bare name of a precision, or that of one pipe; None if unknown."""
        fitting = (r for r in self.rates if r.precision == precision and pipe in (None, r.pipe))
        return next(fitting, None)

    def keyed_rates(self) -> Iterator[tuple[str, Rate]]:
        """Every rate under a name of its own: `fp64`, `fp64.matrix`, `fp16.fp16-accumulate`."""
        for rate in self.rates:
            if rate is self.rate(rate.precision):
                yield rate.precision, rate
            elif rate.accumulate is not None:
                yield f"{rate.precision}.{rate.accumulate}-accumulate", rate
            else:
                yield f"{rate.precision}.{rate.pipe}", rate


@dataclass(frozen=True, slots=True)
class Family:
    """A name under which several cards are sold: by itself it names none of them."""

    name: str
    names: tuple[str, ...]
    cards: tuple[str, ...]
    decided_by: str
    """What tells which of them it is."""


@dataclass(frozen=True, slots=True)
class UnitRate:
    """What one unit of some silicon does in a cycle of its clock."""

    precision: str
    pipe: Pipe
    flop: int
    """Dense; a fused multiply-add counts as two."""


@dataclass(frozen=True, slots=True)
class Silicon:
    """Units of one architecture, for cards that are in no data sheet."""

    architecture: str
    kind: str
    confidence: Confidence
    sources: tuple[str, ...]
    rates: tuple[UnitRate, ...]
    names: tuple[str, ...] = ()
    """The card's name must hold one of them; empty for every name. The first that fits counts."""

    def flop(self, precision: str, pipe: Pipe) -> int | None:
        """FLOP a cycle and unit; None where this silicon has no such pipe."""
        fitting = (r.flop for r in self.rates if (r.precision, r.pipe) == (precision, pipe))
        return next(fitting, None)


@dataclass(frozen=True, slots=True)
class _Sheets:
    """One file."""

    sources: dict[str, str]
    silicon: tuple[Silicon, ...] = ()
    families: tuple[Family, ...] = ()
    cards: tuple[AcceleratorModel, ...] = ()


@cache
def accelerator_models() -> tuple[AcceleratorModel, ...]:
    """Every card of the catalogue."""
    return tuple(card for sheets in _sheets() for card in sheets.cards)


def families() -> tuple[Family, ...]:
    """Names that stand for several cards."""
    return tuple(family for sheets in _sheets() for family in sheets.families)


def silicon_of(architecture: str | None, name: str) -> Silicon | None:
    """The units of an architecture, in the kind of card that the name tells; None if unknown."""
    fitting = (
        silicon
        for sheets in _sheets()
        for silicon in sheets.silicon
        if silicon.architecture == architecture
        and (not silicon.names or any(part in name for part in silicon.names))
    )
    return next(fitting, None)


def source_text(keys: tuple[str, ...]) -> str:
    """What the keys of sources stand for, one after the other."""
    known = {key: text for sheets in _sheets() for key, text in sheets.sources.items()}
    return "; ".join(known[key] for key in keys)


def _tera(figure: float) -> float:
    """10^12 times a published figure, as the digits say it: 66.9 is not 66900000000000.01."""
    return float(Decimal(repr(figure)).scaleb(12))


@cache
def _sheets() -> tuple[_Sheets, ...]:
    return tuple(read_shipped(_Sheets, "catalogue/datasheets", file) for file in FILES)
