"""A fleet: figures of very many machines together, and the few that are shown one by one. Pure."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.evidence.conclusions import Estimate, Statistic
from reports.performance.machine import MachineAnalysis, is_fleet
from reports.verification.audit import grave

SHOWN = 20
"""Machines of a fleet that have tables of their own."""
MAX_WARNINGS = 50
"""Of a fleet; the others are counted."""


_Key = tuple[str, str, str, str]
"""Metric, operation, statistic and unit: what a name is made of, without making it."""


@dataclass(frozen=True, slots=True)
class FleetFigure:
    """One figure over all machines that have it: no interval, but how far they lie apart."""

    figure: str
    unit: str
    machines: int
    low: float
    median: float
    high: float
    lowest: str
    """Host of the lowest."""


def fleet_figures(machines: Sequence[MachineAnalysis]) -> tuple[FleetFigure, ...]:
    """Figures of all machines, by name; nothing where they are few."""
    if not is_fleet(len(machines)):
        return ()
    values: dict[_Key, list[tuple[float, str]]] = {}
    for machine in machines:
        for estimate in _told(machine):
            values.setdefault(_key(estimate), []).append((estimate.value, machine.host))
    return tuple(
        FleetFigure(
            figure=".".join(filter(None, (metric, operation, _suffix(statistic)))),
            unit=unit,
            machines=len(found),
            low=min(found)[0],
            median=statistics.median(value for value, _ in found),
            high=max(found)[0],
            lowest=min(found)[1],
        )
        for (metric, operation, statistic, unit), found in sorted(values.items())
    )


def worth_showing(machines: Sequence[MachineAnalysis]) -> tuple[int, ...]:
    """Positions of the machines that are shown one by one: all, or of a fleet the worst.

    First those whose evidence has findings or is not whole, then those furthest below the fleet's
    median in any rate.
    """
    if not is_fleet(len(machines)):
        return tuple(range(len(machines)))
    rates: dict[_Key, list[float]] = {}
    for machine in machines:
        for estimate in _told(machine):
            rates.setdefault(_key(estimate), []).append(estimate.value)
    medians = {key: statistics.median(found) for key, found in rates.items()}
    worst = sorted(range(len(machines)), key=lambda i: (*_trouble(machines[i], medians), i))
    return tuple(sorted(worst[:SHOWN]))


def first_warnings(warnings: Sequence[str], machines: int) -> tuple[str, ...]:
    """All warnings, or of a fleet the gravest and the number of the others."""
    if not is_fleet(machines) or len(warnings) <= MAX_WARNINGS:
        return tuple(warnings)
    ordered = sorted(warnings, key=lambda text: not text.startswith("ERROR"))
    more = len(warnings) - MAX_WARNINGS
    return (*ordered[:MAX_WARNINGS], f"{more} more warnings are in report.json")


def _key(estimate: Estimate) -> _Key:
    return estimate.metric, estimate.operation or "", estimate.statistic, estimate.unit


def _suffix(statistic: str) -> str:
    return "" if statistic == Statistic.VALUE else statistic


def _told(machine: MachineAnalysis) -> Iterator[Estimate]:
    """A machine's own figures: not those of one implementation, nor of one working set."""
    for estimate in machine.estimates:
        if (
            estimate.statistic in (Statistic.VALUE, Statistic.SUSTAINED, Statistic.P99)
            and estimate.implementation is None
            and estimate.working_set_bytes is None
        ):
            yield estimate


def _trouble(
    machine: MachineAnalysis, medians: dict[_Key, float]
) -> tuple[bool, bool, bool, float]:
    """The more of it, the earlier in the order."""
    grave_ones = bool(grave(machine.findings)) or any(p.impossible for p in machine.peaks)
    whole = machine.interrupted is None and not machine.omissions
    ratios = [
        estimate.value / median
        for estimate in _told(machine)
        if estimate.unit.endswith("/s") and (median := medians[_key(estimate)])
    ]
    return not grave_ones, not machine.findings, whole, min(ratios, default=0.0)
