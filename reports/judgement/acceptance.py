"""Acceptance criteria of an accelerator, as ratios of one run. Pure: it prints nothing.

The bounds are those of an H100 of 700 W; on another card the ratios are shown all the same.
"""

import statistics
from dataclasses import dataclass

from bench.analysis.steady_state import SteadyState
from bench.evidence.conclusions import Statistic
from bench.evidence.inventory import Device, Inventory
from bench.evidence.outcome import Failed, Measured, Skipped
from bench.evidence.plan import KernelCase
from bench.evidence.shape_search import Shape, ShapeTrial, best
from bench.units import format_si
from reports.catalogue.accelerators import silicon_of
from reports.catalogue.lookup import UnknownCard, find
from reports.performance.peak import TOLERANCE
from reports.performance.subject import Subject

FMA, BF16, FP8, COPY = (
    "cuda.vector.fp32", "cuda.matrix.bf16", "cuda.matrix.fp8", "cuda.memory.copy",
)  # fmt: skip
OF_CLOCK = 0.95
"""Of multiprocessors x 128 lanes x 2 x measured clock, by the FP32 chains."""
SUSTAINED = {BF16: 730e12, FP8: 1300e12}
"""FLOP/s of one H100: gpu-fryer's README for a minute of BF16; FP8 as cuBLAS reaches it by NVIDIA's
cutlass#1662 (1297), since gpu-fryer's own FP8 operands saturate."""
OF_MEMORY = 0.9
"""Of the data sheet's bandwidth, by a copy."""
SPREAD = 0.01
"""From run to run, of the sustained rate."""
OF_TIME = 0.1
"""Of the time of an exhaustive search."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One ratio, what it is wanted to be, and the figures that it is of."""

    name: str
    ratio: float | None
    """None where one of the figures is missing; `detail` says why."""
    wanted: float
    detail: str
    at_most: bool = False
    physical: bool = False
    """Whether 1 is what the silicon can do: a ratio above it is an error, not a record."""

    @property
    def impossible(self) -> bool:
        return self.physical and self.ratio is not None and self.ratio > 1 + TOLERANCE

    @property
    def holds(self) -> bool | None:
        """None where nothing was measured: that is never a pass."""
        if self.ratio is None:
            return None
        enough = self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted
        return enough and not self.impossible

    def __str__(self) -> str:
        if self.ratio is None:
            return f"{self.name}: not measured: {self.detail}"
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        verdict = "IMPOSSIBLE, so that nothing here can be trusted" if self.impossible else verdict
        sign = "≤" if self.at_most else "≥"
        figure = f"{self.ratio:.4f}, wanted {sign} {self.wanted:g}"
        return f"{self.name}: {figure}: {verdict}; {self.detail}"


@dataclass(frozen=True, slots=True)
class Searched:
    """Our short search and the exhaustive one beside it."""

    shape: Shape
    """The one that ours chose."""
    burst: float
    plateau_rate: float
    """FLOP/s of ours in that shape, as a run measures them."""
    duration_s: float
    """Of our search and our figure together."""
    trials: tuple[ShapeTrial, ...]
    """Of the exhaustive search."""
    planned: int
    exhaustive_s: float
    again: tuple[tuple[float, float], ...]
    """FLOP/s in our shape and in the best one, in turn, by the exhaustive search's statistic."""


def header(inventory: Inventory, date: str) -> str:
    """What every ratio depends on: card, driver, power limit and date."""
    device = _card(inventory)
    facts = device.accelerator
    assert facts is not None
    now, sold = (format_si(w, "W") for w in (facts.power_limit_w, facts.default_power_limit_w))
    ecc = {True: "on", False: "OFF", None: "unknown"}[facts.ecc]
    software = [f"{k} {v}" for k, v in inventory.software.items() if k in ("torch", "numba-cuda")]
    return ", ".join(
        (
            f"{device.name} ({device.uuid})",
            facts.partition or "partition unknown",
            f"driver {device.driver or 'unknown'}",
            f"power limit {now} of {sold}",
            f"ECC {ecc}",
            *software,
            date,
        )
    )


def criteria(subject: Subject) -> tuple[Criterion, ...]:
    """Every ratio that follows from a run on one card; what the plan lacks is left out."""
    cases = {
        case.metric: case for case in subject.evidence.plan.cases if isinstance(case, KernelCase)
    }
    found: list[Criterion] = []
    if FMA in cases:
        fma = _fastest(subject, FMA)
        found += [_of_clock(subject, fma), _a_cycle(subject, fma)]
    found += [_sustained(subject, cases[metric]) for metric in SUSTAINED if metric in cases]
    if BF16 in cases:
        found.append(_spread(subject, cases[BF16]))
    copies = [
        c for c in subject.evidence.plan.cases if isinstance(c, KernelCase) and c.metric == COPY
    ]
    if copies:
        found.append(_of_memory(subject, copies))
    return tuple(found)


def search_criteria(found: Searched) -> tuple[Criterion, ...]:
    """Our search against the exhaustive one.

    The first two are of one statistic: a card that rests between products, as it does there,
    clocks higher than one under our load. The highest of thousands of rates is lucky too, so that
    the second leaves its luck out.
    """
    winner = best(found.trials)
    (top,) = {t.rate for t in found.trials if t.shape == winner and t.rate is not None}
    ours = statistics.median(mine for mine, _ in found.again)
    theirs = statistics.median(other for _, other in found.again)
    seen = f"{len(found.trials)} of {found.planned} shapes in {found.exhaustive_s:.0f} s"
    limited = "" if len(found.trials) == found.planned else ", which was cut short"
    against = "BF16 by an exhaustive search's statistic, our shape"
    return (
        Criterion(
            f"{against} / its best",
            ours / top,
            1.0,
            f"{_tera(ours)} in {found.shape}; {_tera(top)} in {winner}, best of {seen}",
        ),
        Criterion(f"{against} / its best measured again", ours / theirs, 1.0, _tera(theirs)),
        Criterion("BF16, our burst / its best", found.burst / top, 1.0, _tera(found.burst)),
        Criterion(
            "BF16, our settled rate / its best",
            found.plateau_rate / top,
            1.0,
            _tera(found.plateau_rate),
        ),
        Criterion(
            "time of our search and figure / time of the exhaustive search",
            found.duration_s / found.exhaustive_s,
            OF_TIME,
            f"{found.duration_s:.1f} s of {found.exhaustive_s:.0f} s{limited}",
            at_most=True,
        ),
    )


def _fastest(subject: Subject, metric: str) -> KernelCase:
    """Of the ways to measure a metric the one that gives it its value; the first if none does."""
    return max(
        (
            c
            for c in subject.evidence.plan.cases
            if isinstance(c, KernelCase) and c.metric == metric
        ),
        key=lambda case: statistics.median(_plateau_rates(subject, case) or [0.0]),
    )


def _of_clock(subject: Subject, case: KernelCase) -> Criterion:
    """The rate over what the lanes can do at the sensor's mean clock of the same time."""
    facts = _card(subject.evidence.inventory).accelerator
    units = None if facts is None else facts.multiprocessors
    name = f"FP32 FMA / ({units} multiprocessors x 128 x 2 x measured clock)"
    shares, detail = [], []
    for outcome in subject.derived.valid(case):
        state = subject.derived.steady_state(case, outcome)
        clock_hz = None if state is None else _clock_hz(outcome, state.steady_from_s)
        if state is not None and clock_hz is not None and units is not None:
            shares.append(state.plateau_rate / (units * 128 * 2 * clock_hz))
            detail.append(f"{_tera(state.plateau_rate)} at {clock_hz / 1e9:.3f} GHz")
    if not shares:
        return Criterion(name, None, OF_CLOCK, _why_not(subject, case))
    return Criterion(name, statistics.median(shares), OF_CLOCK, "; ".join(detail), physical=True)


def _clock_hz(outcome: Measured, steady_from_s: float | None) -> float | None:
    """Mean of the sensor while the rate was taken: the steady stretch, or the last third."""
    base_s = outcome.began_at_s or 0.0
    from_s = base_s + outcome.samples.end_s * 2 / 3
    from_s = from_s if steady_from_s is None else steady_from_s
    clocks = [
        clock_hz
        for at_s, clock_hz in zip(outcome.readings.at_s, outcome.readings.clock_hz, strict=True)
        if clock_hz is not None and base_s + at_s >= from_s
    ]
    return statistics.fmean(clocks) if clocks else None


def _a_cycle(subject: Subject, case: KernelCase) -> Criterion:
    """The same without a clock: the multiprocessors count their own cycles."""
    name = "FP32 FMA a cycle of the multiprocessors' own counters"
    device = _card(subject.evidence.inventory)
    facts = device.accelerator
    silicon = silicon_of(None if facts is None else facts.architecture, device.name)
    flop = None if silicon is None else silicon.flop(case.precision, "vector")
    seen = subject.figure(FMA, Statistic.PER_CYCLE) or subject.figure(
        FMA, Statistic.PER_CYCLE, case.implementation
    )
    if seen is None or flop is None:
        return Criterion(name, None, OF_CLOCK, _why_not(subject, case))
    detail = f"{seen.value:.1f} of {flop} FLOP"
    return Criterion(name, seen.value / flop, OF_CLOCK, detail, physical=True)


def _sustained(subject: Subject, case: KernelCase) -> Criterion:
    wanted = SUSTAINED[case.metric]
    name = f"{case.metric} sustained over {case.stopping.min_time_s:g} s / {_tera(wanted)}"
    if not (rates := _sustained_rates(subject, case)):
        return Criterion(name, None, 1.0, _why_not(subject, case))
    rate = statistics.median(rates)
    return Criterion(name, rate / wanted, 1.0, f"{_tera(rate)} in {case.shape}")


def _spread(subject: Subject, case: KernelCase) -> Criterion:
    """(Fastest - slowest) / median of the sustained rates of processes."""
    name, rates = f"{case.metric} sustained, from run to run", _sustained_rates(subject, case)
    if len(rates) < 2:
        return Criterion(name, None, SPREAD, _why_not(subject, case), at_most=True)
    share = (max(rates) - min(rates)) / statistics.median(rates)
    return Criterion(name, share, SPREAD, ", ".join(map(_tera, rates)), at_most=True)


def _of_memory(subject: Subject, cases: list[KernelCase]) -> Criterion:
    """The faster way to copy, as the figure of that name has it."""
    name = f"{COPY} / data sheet"
    try:
        sheet = find(_card(subject.evidence.inventory).name).bandwidth_gb_s[1] * 1e9
    except UnknownCard as error:
        return Criterion(name, None, OF_MEMORY, error.message)
    ways = {
        case.implementation: statistics.median(rates)
        for case in cases
        if (rates := _plateau_rates(subject, case))
    }
    if not ways:
        return Criterion(name, None, OF_MEMORY, "; ".join(_why_not(subject, c) for c in cases))
    detail = ", ".join(f"{way} {format_si(rate, 'B/s', 4)}" for way, rate in ways.items())
    detail += f" of {format_si(sheet, 'B/s', 4)}"
    return Criterion(name, max(ways.values()) / sheet, OF_MEMORY, detail, physical=True)


def _states(subject: Subject, case: KernelCase) -> list[SteadyState]:
    found = (subject.derived.steady_state(case, each) for each in subject.derived.valid(case))
    return [state for state in found if state is not None]


def _plateau_rates(subject: Subject, case: KernelCase) -> list[float]:
    return [state.plateau_rate for state in _states(subject, case)]


def _sustained_rates(subject: Subject, case: KernelCase) -> list[float]:
    return [state.sustained for state in _states(subject, case) if state.sustained is not None]


def _why_not(subject: Subject, case: KernelCase) -> str:
    reasons = [state.not_steady for state in _states(subject, case) if state.not_steady is not None]
    reasons += [line for outcome in subject.derived.valid(case) for line in outcome.missing_sensors]
    reasons += [
        outcome.reason.text
        for outcome in subject.derived.outcomes_of(case)
        if isinstance(outcome, Failed | Skipped)
    ]
    return "; ".join(dict.fromkeys(reasons)) or "nothing tells"


def _card(inventory: Inventory) -> Device:
    """The only accelerator of a run on one card."""
    (device,) = (device for device in inventory.devices if device.backend != "cpu")
    return device


def _tera(rate: float) -> str:
    return format_si(rate, "FLOP/s", 4)
