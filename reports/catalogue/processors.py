"""Published peaks of processors: for ratios and plausibility, never for a verdict."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from bench.evidence.inventory import Processor
from reports.declarations.loader import read_shipped

FROM_FLAGS = "from ISA flags"

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CoreSheet:
    """What one core of a microarchitecture does in a cycle, dense, with its vector units."""

    microarchitecture: str
    fp64: Bounds
    """FLOP a cycle: lower and upper bound."""
    fp32: Bounds
    confidence: Literal["H", "M", "L"]
    source: str
    vendor: str | None = None
    """None where the model name alone tells."""
    family: int | None = None
    models: tuple[tuple[int, int], ...] = ()
    """Ranges of model numbers, both ends included; empty for every model."""
    names: tuple[str, ...] = ()
    """The model name must hold one of them; empty for every name."""
    lacks: tuple[str, ...] = ()
    """Extensions that no such core has: where one is found, the model number is not the truth."""

    def fits(self, processor: Processor) -> bool:
        if set(self.lacks) & set(processor.isa):
            return False
        if self.vendor is not None and self.vendor != processor.vendor:
            return False
        if self.family is not None and self.family != processor.family:
            return False
        model = processor.model
        if self.models and not (model is not None and any(a <= model <= b for a, b in self.models)):
            return False
        return not self.names or any(name in processor.model_name for name in self.names)


@dataclass(frozen=True, slots=True)
class Fallback:
    """Bounds over all known cores that have these extensions."""

    isa: tuple[str, ...]
    fp64: Bounds
    fp32: Bounds
    source: str


@dataclass(frozen=True, slots=True)
class CpuSheets:
    """The whole data sheet file."""

    cores: tuple[CoreSheet, ...]
    fallbacks: tuple[Fallback, ...]


@cache
def cpu_sheets() -> CpuSheets:
    return read_shipped(CpuSheets, "catalogue/datasheets", "cpu")


def core_sheet(processor: Processor) -> CoreSheet | None:
    """The data sheet of this processor's cores; None where not even its extensions tell."""
    sheets = cpu_sheets()
    for sheet in sheets.cores:
        if sheet.fits(processor):
            return sheet
    for fallback in sheets.fallbacks:
        if set(fallback.isa) <= set(processor.isa):
            name = f"{FROM_FLAGS} ({', '.join(fallback.isa)})"
            return CoreSheet(name, fallback.fp64, fallback.fp32, "L", fallback.source)
    return None
