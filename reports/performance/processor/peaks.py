"""Measured rates against the theoretical peak: a ratio that is shown, never a verdict. Pure."""

from dataclasses import dataclass

from bench.evidence.conclusions import Estimate, Statistic
from reports.catalogue.processors import CoreSheet, core_sheet
from reports.performance.peak import Peak
from reports.performance.subject import Subject
from reports.quantities import Interval


def peaks(subject: Subject) -> tuple[Peak, ...]:
    """Every FP32 and FP64 rate of the CPU, beside its theoretical peak.

    Peak = cores x clock x FLOP/cycle/core (Hager and Wellein, Introduction to High Performance
    Computing, section 1.2), at the clock measured under the FMA load: the advertised one is
    rarely the one that all cores hold. FLOP per cycle are compared without any clock.
    """
    processor = subject.evidence.inventory.host.processor
    machine = _Sheeted(subject, core_sheet(processor))
    found = []
    for unit in ("vector", "matrix"):
        for precision in ("fp32", "fp64"):
            for place, cores in (("", len(processor.workers)), (".one_core", 1)):
                metric = f"cpu.{unit}.{precision}{place}"
                # The clock under this load, or under the FMA load on as many cores.
                loads = (metric, f"cpu.vector.{precision}{place}", f"cpu.vector.fp32{place}")
                found += [
                    machine.rate(metric, precision, cores, loads),
                    machine.per_cycle(metric, precision),
                ]
    return tuple(peak for peak in found if peak is not None)


@dataclass(frozen=True, slots=True)
class _Sheeted:
    """The figures of one machine and the data sheet of its cores."""

    subject: Subject
    sheet: CoreSheet | None

    def rate(self, metric: str, precision: str, cores: int, loads: tuple[str, ...]) -> Peak | None:
        """A rate of so many cores against cores x clock x FLOP/cycle."""
        estimate = self.subject.figure(metric)
        if estimate is None:
            return None
        if self.sheet is None:
            return self._peak(estimate, None, "no data sheet fits this processor")
        clocks = (self.subject.beside(load, Statistic.CLOCK) for load in loads)
        clock = next((found for found in clocks if found is not None), None)
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
        estimate = self.subject.beside(metric, Statistic.PER_CYCLE)
        if estimate is None or self.sheet is None:
            return None
        theoretical = _flop_per_cycle(self.sheet, precision)
        return self._peak(estimate, theoretical, f"{_range(theoretical)} FLOP/cycle/core")

    def _peak(self, estimate: Estimate, theoretical: Interval | None, how: str) -> Peak:
        measured = Interval(estimate.low, estimate.value, estimate.high)
        return Peak(
            host=self.subject.host,
            metric=estimate.name,
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
