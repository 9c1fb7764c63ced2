"""Measured rates against the theoretical peak: a ratio that is shown, never a verdict. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.evidence import Evidence
from bench.evidence.conclusions import Estimate
from reports.catalogue.processors import CoreSheet, core_sheet
from reports.performance.peak import CLOCK, PER_CYCLE, Peak
from reports.quantities import Interval


def peaks(evidence: Evidence) -> tuple[Peak, ...]:
    """Every FP32 and FP64 rate of the CPU, beside its theoretical peak.

    Peak = cores x clock x FLOP/cycle/core (Hager and Wellein, Introduction to High Performance
    Computing, section 1.2), at the clock measured under the FMA load: the advertised one is
    rarely the one that all cores hold. FLOP per cycle are compared without any clock.
    """
    processor = evidence.inventory.host.processor
    machine = _Sheeted(
        evidence.inventory.host.hostname,
        core_sheet(processor),
        {estimate.metric: estimate for estimate in evidence.estimates},
    )
    found = []
    for unit in ("vector", "matrix"):
        for precision in ("fp32", "fp64"):
            stem = f"cpu.{unit}.{precision}"
            for metric, cores in ((stem, len(processor.workers)), (f"{stem}.one_core", 1)):
                found += [
                    machine.rate(metric, precision, cores),
                    machine.per_cycle(metric, precision),
                ]
    return tuple(peak for peak in found if peak is not None)


@dataclass(frozen=True, slots=True)
class _Sheeted:
    """The figures of one machine and the data sheet of its cores."""

    host: str
    sheet: CoreSheet | None
    figures: Mapping[str, Estimate]

    def rate(self, metric: str, precision: str, cores: int) -> Peak | None:
        """A rate of so many cores against cores x clock x FLOP/cycle."""
        estimate = self.figures.get(metric)
        if estimate is None:
            return None
        if self.sheet is None:
            return self._peak(estimate, None, "no data sheet fits this processor")
        clock = self._clock(metric, precision)
        if clock is None:
            return self._peak(estimate, None, "the clock under load was not measured")
        per_cycle = _flop_per_cycle(self.sheet, precision)
        assert per_cycle.high is not None
        theoretical = Interval(
            cores * clock.low * per_cycle.low,
            None if per_cycle.value is None else cores * clock.value * per_cycle.value,
            cores * clock.high * per_cycle.high,
        )
        how = (
            f"{cores} {'core' if cores == 1 else 'cores'} × {clock.value / 1e9:.3f} GHz "
            f"× {_range(per_cycle)} FLOP/cycle/core"
        )
        return self._peak(estimate, theoretical, how)

    def per_cycle(self, metric: str, precision: str) -> Peak | None:
        """FLOP per core cycle against the data sheet's: no frequency is needed."""
        estimate = self._beside(metric, PER_CYCLE)
        if estimate is None or self.sheet is None:
            return None
        theoretical = _flop_per_cycle(self.sheet, precision)
        return self._peak(estimate, theoretical, f"{_range(theoretical)} FLOP/cycle/core")

    def _clock(self, metric: str, precision: str) -> Estimate | None:
        """The clock under this load, or under the FMA load on as many cores."""
        cores = ".one_core" if metric.endswith(".one_core") else ""
        for loaded in (metric, f"cpu.vector.{precision}{cores}", f"cpu.vector.fp32{cores}"):
            if (found := self._beside(loaded, CLOCK)) is not None:
                return found
        return None

    def _beside(self, metric: str, label: str) -> Estimate | None:
        """The estimate of that label that belongs to a rate.

        Where several implementations share the rate's name, it is that of the best, which gave
        the rate its value.
        """
        if (own := self.figures.get(f"{metric}.{label}")) is not None:
            return own
        rate = self.figures.get(metric)
        beside = (
            self.figures.get(f"{name}.{label}")
            for name, way in self.figures.items()
            if rate is not None and name.startswith(f"{metric}.") and way.value == rate.value
        )
        return next((found for found in beside if found is not None), None)

    def _peak(self, estimate: Estimate, theoretical: Interval | None, how: str) -> Peak:
        measured = Interval(estimate.low, estimate.value, estimate.high)
        return Peak(
            host=self.host,
            metric=estimate.metric,
            unit=estimate.unit,
            measured=measured,
            theoretical=theoretical,
            ratio=None if theoretical is None else measured.over(theoretical),
            microarchitecture=None if self.sheet is None else self.sheet.microarchitecture,
            confidence=None if self.sheet is None else self.sheet.confidence,
            how=how,
        )


def _flop_per_cycle(sheet: CoreSheet, precision: str) -> Interval:
    low, high = sheet.fp32 if precision == "fp32" else sheet.fp64
    return Interval(low, low if low == high else None, high)


def _range(per_cycle: Interval) -> str:
    if per_cycle.value is not None:
        return f"{per_cycle.value:g}"
    return f"{per_cycle.low:g} to {per_cycle.high:g}"
