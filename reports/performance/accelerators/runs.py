"""Runs of an accelerator: burst beside sustained, losses and their causes, energy. Pure."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.steady_state import SteadyState
from bench.evidence.inventory import Device
from bench.evidence.outcome import Measured
from bench.evidence.plan import KernelCase, full_name
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.accelerators.throttling import UNEXPLAINED, causes, during
from reports.performance.processor.interference import WORTH_TELLING
from reports.performance.subject import Subject, is_check
from reports.quantities import Interval


@dataclass(frozen=True, slots=True)
class Spent:
    """Energy of all processes of a case."""

    energy_j: float
    sources: tuple[str, ...]
    """`energy counter`, or `integrated power` where the device counts no energy itself."""
    power_w: float
    """Mean over the time that the readings span."""
    work_per_j: float
    """In the case's unit per W: FLOP/s per W is FLOP per J."""


@dataclass(frozen=True, slots=True)
class AcceleratorRun:
    """One case on one accelerator, over all its processes."""

    host: str
    metric: str
    implementation: str
    unit: str
    device: str
    """`cuda:4`, as `discover` shows it."""
    model: str
    uuid: str
    group: str | None
    """Figure of the cards that ran at the same time; None for one that ran alone."""
    shape: tuple[int, ...]
    processes: int
    rate: float
    """What counts: sustained, else the last third of the run; median over processes."""
    burst: float
    """Over the best second; median over processes."""
    sustained: float | None
    """Median over the processes that were steady; None where none was."""
    not_steady: tuple[str, ...]
    """Why a process has no sustained rate, each reason once; empty where all of them have one."""
    peak: Interval | None
    """Of the data sheet, or of the silicon's units; None where neither tells."""
    share_of_peak: float | None
    """The rate over the peak minus one; where sources differ, over the highest."""
    of_clock: float | None
    """The rate over the peak at the clock of the same time; None where that is not known."""
    causes: tuple[str, ...]
    """What held the clock down; empty where nothing shows."""
    samples: int
    throttled_samples: int
    """Samples during which the driver named a reason: kept, counted, labelled."""
    spent: Spent | None
    """None where no two readings tell."""
    missing_sensors: tuple[str, ...]

    @property
    def lost_to(self) -> tuple[str, ...]:
        """What the distance from the peak is made of; empty where there is none worth telling.

        A clock that was held down explains no more than it is below the peak's own: the rest was
        lost at the clock that the card had.
        """
        if self.share_of_peak is None or self.share_of_peak >= -WORTH_TELLING:
            return ()
        if self.of_clock is None:
            return self.causes or (UNEXPLAINED,)
        slowed = (1 + self.share_of_peak) / self.of_clock < 1 - WORTH_TELLING
        found = self.causes if slowed else ()
        if self.of_clock < 1 - WORTH_TELLING:
            found += (f"{self.of_clock - 1:+.0%} at the clock that it had".replace("%", " %"),)
        return found or (UNEXPLAINED,)


def accelerator_runs(subject: Subject) -> tuple[AcceleratorRun, ...]:
    """Every case of an accelerator that was measured, in the order of the plan."""
    devices = {d.uuid: d for d in subject.evidence.inventory.devices if d.backend != "cpu"}
    tops: dict[str, Interval] = {}
    at_clock: dict[str, Interval] = {}
    for peak in subject.once(accelerator_peaks):
        if peak.theoretical is not None and "/cycle" not in peak.unit:
            into = at_clock if peak.at_measured_clock else tops
            into.setdefault(peak.metric, peak.theoretical)
    found = []
    for case in subject.evidence.plan.cases:
        if not isinstance(case, KernelCase) or case.device not in devices or is_check(case):
            continue
        measured = subject.derived.valid(case)
        states = (subject.derived.steady_state(case, outcome) for outcome in measured)
        courses = [state for state in states if state is not None]
        if courses:
            top = tops.get(full_name(case)) or tops.get(case.metric)
            clock = at_clock.get(full_name(case)) or at_clock.get(case.metric)
            found.append(_run(subject, case, devices[case.device], measured, courses, top, clock))
    return tuple(found)


def label(device: Device) -> str:
    return f"{device.backend}:{device.index}"


def _run(
    subject: Subject,
    case: KernelCase,
    device: Device,
    measured: Sequence[Measured],
    courses: Sequence[SteadyState],
    peak: Interval | None,
    at_clock: Interval | None,
) -> AcceleratorRun:
    rate = statistics.median(course.plateau_rate for course in courses)
    steady = [course.sustained for course in courses if course.sustained is not None]
    highest = None if peak is None else peak.value or peak.high
    highest_now = None if at_clock is None else at_clock.value or at_clock.high
    readings = [reading for outcome in measured for reading in outcome.readings]
    facts = device.accelerator
    return AcceleratorRun(
        host=subject.host,
        metric=case.metric,
        implementation=case.implementation,
        unit=case.unit,
        device=label(device),
        model=device.name,
        uuid=device.uuid,
        group=case.group,
        shape=case.shape,
        processes=len(courses),
        rate=rate,
        burst=statistics.median(course.burst for course in courses),
        sustained=statistics.median(steady) if steady else None,
        not_steady=tuple(dict.fromkeys(c.not_steady for c in courses if c.not_steady is not None)),
        peak=peak,
        share_of_peak=None if not highest else rate / highest - 1,
        of_clock=None if not highest_now else rate / highest_now,
        causes=causes(readings, None if facts is None else facts.max_clock_hz),
        samples=sum(len(outcome.samples) for outcome in measured),
        throttled_samples=sum(
            bool(names) for o in measured for names in during(o.samples, o.readings)
        ),
        spent=_spent(subject, measured, case.unit),
        missing_sensors=tuple(dict.fromkeys(s for o in measured for s in o.missing_sensors)),
    )


def _spent(subject: Subject, measured: Sequence[Measured], unit: str) -> Spent | None:
    """Energy over the time that it was read, against the work of the same time."""
    joules, seconds, work, sources = [], [], [], []
    for outcome in measured:
        if not outcome.samples:
            continue
        length_s = outcome.samples.end_s
        found = subject.derived.energy(outcome)
        if found is not None:
            done = outcome.work_per_launch(unit) * sum(outcome.samples.launches)
            joules.append(found.energy_j)
            seconds.append(found.duration_s)
            work.append(done / length_s * found.duration_s)
            sources.append(found.source.value)
    if not joules or math.fsum(joules) <= 0:
        return None
    energy_j = math.fsum(joules)
    return Spent(
        energy_j,
        tuple(dict.fromkeys(sources)),
        energy_j / math.fsum(seconds),
        math.fsum(work) / energy_j,
    )
