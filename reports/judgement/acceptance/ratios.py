"""Ratios that criteria ask for: of the clock, of a cycle, of a rate, of the data sheet. Pure.

Each is of one metric, measured in one way or several: the best way is what counts.
"""

import statistics
from collections.abc import Sequence

from bench.analysis.steady_state import SteadyState
from bench.errors import UsageError
from bench.evidence.conclusions import Statistic
from bench.evidence.inventory import Device, Inventory
from bench.evidence.outcome import Failed, Skipped
from bench.evidence.plan import KernelCase
from bench.units import format_si
from reports.catalogue.accelerators import silicon_of
from reports.catalogue.lookup import UnknownCard, find
from reports.judgement.acceptance.criterion import Criterion
from reports.performance.accelerators.settled_clock import settled_clock_hz
from reports.performance.subject import Subject

Cases = Sequence[KernelCase]


def of_clock(subject: Subject, cases: Cases, wanted: float) -> Criterion:
    """The rate over what the lanes can do at the sensor's mean clock of the same time."""
    facts = card_of(subject.evidence.inventory).accelerator
    units = None if facts is None else facts.multiprocessors
    flop = _flop_a_cycle(subject, cases[0])
    if units is None or flop is None:
        name = f"{cases[0].metric} / (lanes x measured clock)"
        return Criterion(name, None, wanted, "the lanes of this card are not known",
                         metric=cases[0].metric)  # fmt: skip
    lanes = f"{units} multiprocessors x {flop // 2} x 2 x measured clock"
    name = f"{cases[0].precision.upper()} FMA / ({lanes})"
    ways = []
    for case in cases:
        shares, detail = [], []
        for outcome in subject.derived.valid(case):
            state = subject.derived.steady_state(case, outcome)
            clock_hz = None if state is None else settled_clock_hz(outcome, state)
            if state is not None and clock_hz is not None:
                shares.append(state.plateau_rate / (units * flop * clock_hz))
                detail.append(f"{_rate(case, state.plateau_rate)} at {clock_hz / 1e9:.3f} GHz")
        if shares:
            ways.append((statistics.median(shares), "; ".join(detail)))
    if not ways:
        return Criterion(name, None, wanted, _why_not(subject, cases), metric=cases[0].metric)
    ratio, said = max(ways)
    return Criterion(name, ratio, wanted, said, physical=True, metric=cases[0].metric)


def _flop_a_cycle(subject: Subject, case: KernelCase) -> int | None:
    """Of one multiprocessor's vector units."""
    device = card_of(subject.evidence.inventory)
    facts = device.accelerator
    silicon = silicon_of(None if facts is None else facts.architecture, device.name)
    return None if silicon is None else silicon.flop(case.precision, "vector")


def a_cycle(subject: Subject, cases: Cases, wanted: float) -> Criterion:
    """The same without a clock: the multiprocessors count their own cycles."""
    case = cases[0]
    name = f"{case.precision.upper()} FMA a cycle of the multiprocessors' own counters"
    flop = _flop_a_cycle(subject, case)
    ways = (None, *(each.implementation for each in cases))
    found = [subject.figure(case.metric, Statistic.PER_CYCLE, way) for way in ways]
    seen = max(filter(None, found), key=lambda estimate: estimate.value, default=None)
    if seen is None or flop is None:
        return Criterion(name, None, wanted, _why_not(subject, cases), metric=case.metric)
    detail = f"{seen.value:.1f} of {flop} FLOP"
    ratio = seen.value / flop
    return Criterion(name, ratio, wanted, detail, physical=True, metric=case.metric)


def of_rate(subject: Subject, cases: Cases, wanted: float, rate: float) -> Criterion:
    """The sustained rate over a rate that somebody published."""
    case = cases[0]
    last_s = case.stopping.min_time_s
    name = f"{case.metric} sustained over {last_s:g} s / {_rate(case, rate)}"
    found = [statistics.median(rates) for c in cases if (rates := _sustained(subject, c))]
    if not found:
        return Criterion(name, None, wanted, _why_not(subject, cases), metric=case.metric)
    best = max(found)
    detail = f"{_rate(case, best)} in {case.shape}"
    return Criterion(name, best / rate, wanted, detail, metric=case.metric)


def spread(subject: Subject, cases: Cases, wanted: float) -> Criterion:
    """(Fastest - slowest) / median of the sustained rates of processes."""
    case = cases[0]
    name, rates = f"{case.metric} sustained, from run to run", _sustained(subject, case)
    if len(rates) < 2:
        why = _why_not(subject, cases)
        return Criterion(name, None, wanted, why, at_most=True, metric=case.metric)
    share = (max(rates) - min(rates)) / statistics.median(rates)
    detail = ", ".join(_rate(case, rate) for rate in rates)
    return Criterion(name, share, wanted, detail, at_most=True, metric=case.metric)


def of_sheet(subject: Subject, cases: Cases, wanted: float) -> Criterion:
    """The fastest way to move bytes over the data sheet's bandwidth."""
    metric = cases[0].metric
    name = f"{metric} / data sheet"
    try:
        sheet = find(card_of(subject.evidence.inventory).name).bandwidth_gb_s[1] * 1e9
    except UnknownCard as error:
        return Criterion(name, None, wanted, error.message, metric=metric)
    ways = {
        case.implementation: statistics.median(rates)
        for case in cases
        if (rates := [state.plateau_rate for state in _states(subject, case)])
    }
    if not ways:
        return Criterion(name, None, wanted, _why_not(subject, cases), metric=metric)
    detail = ", ".join(f"{way} {format_si(rate, 'B/s', 4)}" for way, rate in ways.items())
    detail += f" of {format_si(sheet, 'B/s', 4)}"
    ratio = max(ways.values()) / sheet
    return Criterion(name, ratio, wanted, detail, physical=True, metric=metric)


def card_of(inventory: Inventory) -> Device:
    """The only accelerator of a run on one card. Raises UsageError for none or several."""
    cards = [device for device in inventory.devices if device.backend != "cpu"]
    if len(cards) != 1:
        raise UsageError(
            f"The evidence is of {len(cards)} accelerators; an acceptance is of one.",
            "Give what capbench accept has sealed.",
        )
    return cards[0]


def _states(subject: Subject, case: KernelCase) -> list[SteadyState]:
    found = (subject.derived.steady_state(case, each) for each in subject.derived.valid(case))
    return [state for state in found if state is not None]


def _sustained(subject: Subject, case: KernelCase) -> list[float]:
    return [state.sustained for state in _states(subject, case) if state.sustained is not None]


def _why_not(subject: Subject, cases: Cases) -> str:
    reasons: list[str] = []
    for case in cases:
        reasons += [s.not_steady for s in _states(subject, case) if s.not_steady is not None]
        reasons += [text for o in subject.derived.valid(case) for text in o.missing_sensors]
        reasons += [
            outcome.reason.text
            for outcome in subject.derived.outcomes_of(case)
            if isinstance(outcome, Failed | Skipped)
        ]
    return "; ".join(dict.fromkeys(reasons)) or "nothing tells"


def _rate(case: KernelCase, rate: float) -> str:
    return format_si(rate, case.unit, 4)
