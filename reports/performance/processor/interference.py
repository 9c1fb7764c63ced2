"""Interference: what took the processor away from a measurement."""

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from bench.analysis.speed_modes import modes
from bench.analysis.tick_histogram import merge
from bench.evidence.outcome import Measured, Sample, WorkerTicks
from bench.evidence.plan import full_name
from reports.performance.subject import Subject

MIN_SHARE = 0.01
"""Below one per cent of the workers' time nothing is named."""
SLOWER = 1.2
"""So much below its own fastest sample a worker is slow, if nothing else explains it."""
SAME_CORE_S = 45e-9
"""Round trips between threads of one core take 30 to 45 ns; between cores of one cache, more."""


class InterferenceSource(StrEnum):
    """Who or what took the processor, or slowed it."""

    PROCESSES = "other processes of this machine took the cores"
    HYPERVISOR = "the hypervisor ran others"
    QUOTA = "the control group's quota held the workers back"
    ONE_CORE = "two workers were on one core"
    SLOW = "a busy sibling thread, or a lower clock, slowed the workers"


@dataclass(frozen=True, slots=True)
class Cause:
    """One disturbance of one sample."""

    by: InterferenceSource
    share: float | None
    """Share of the workers' time that was taken; None where they were slowed, not stopped."""
    cpus: tuple[int, ...] = ()
    """Logical CPUs of the slowed workers; empty where the counters do not tell them apart."""


def interference_causes(measured: Measured) -> tuple[tuple[Cause, ...], ...]:
    """For every sample the causes that the counters name; an empty tuple is a quiet one."""
    alone = [worker for worker in measured.ticks if worker.set_bytes is None]
    workers = max(1, len({worker.cpu for worker in measured.ticks}))
    slow = _slow(alone, len(measured.samples))
    return tuple(
        _causes(sample, measured.counter_hz, workers, cpus)
        for sample, cpus in zip(measured.samples, slow, strict=True)
    )


def _slow(workers: list[WorkerTicks], samples: int) -> list[tuple[int, ...]]:
    """Of each sample the CPUs whose median chunk took much longer than in their best sample."""
    slow: list[tuple[int, ...]] = [()] * samples
    for worker in workers:
        known = [ticks for ticks in worker.median_ticks if ticks and ticks > 0]
        for position, ticks in enumerate(worker.median_ticks):
            if not ticks or ticks > SLOWER * min(known, default=ticks):
                slow[position] = (*slow[position], worker.cpu)
    return slow


def _causes(
    sample: Sample, counter_hz: float | None, workers: int, slow: tuple[int, ...]
) -> tuple[Cause, ...]:
    workers_s, disturbance = sample.duration_s * workers, sample.disturbance
    waited_s, throttled_s = disturbance.run_delay_s, disturbance.throttled_s
    if waited_s is not None and throttled_s is not None:
        waited_s -= throttled_s  # a thread that the quota holds back counts as a waiting one too
    taken = (
        (waited_s, InterferenceSource.PROCESSES),
        (disturbance.steal_s, InterferenceSource.HYPERVISOR),
        (throttled_s, InterferenceSource.QUOTA),
    )
    named = [
        Cause(by, spent_s / workers_s)
        for spent_s, by in taken
        if spent_s is not None and spent_s > MIN_SHARE * workers_s
    ]
    if slow:
        near = counter_hz is not None and any(
            ticks is not None and ticks / counter_hz < SAME_CORE_S for ticks in sample.distances
        )
        named.append(
            Cause(InterferenceSource.ONE_CORE if near else InterferenceSource.SLOW, None, slow)
        )
    return tuple(named)


WORTH_TELLING = 0.02
"""A sustained figure this close to capability needs no explanation: hand-overs cost as much."""


@dataclass(frozen=True, slots=True)
class Blame:
    """A cause, and how many samples it is named in."""

    by: InterferenceSource
    samples: int


@dataclass(frozen=True, slots=True)
class Speed:
    """One of several speeds at which a core did the same work."""

    rate: float
    """Of one core, in the metric's unit."""
    share: float
    """Share of all chunks."""


@dataclass(frozen=True, slots=True)
class Interference:
    """One way of measuring one metric on one machine."""

    host: str
    metric: str
    unit: str
    samples: int
    sustained_share: float | None
    """Sustained over capability; None where no cycle counter was read."""
    blames: tuple[Blame, ...]
    """Most frequent first; none although the share is low means that no counter explains it."""
    speeds: tuple[Speed, ...]
    """Fastest first; a single one where all chunks ran alike, none without a cycle counter."""

    @property
    def worth_telling(self) -> bool:
        lost = self.sustained_share is not None and self.sustained_share < 1 - WORTH_TELLING
        return lost or bool(self.blames) or len(self.speeds) > 1


def disturbances(subject: Subject) -> tuple[Interference, ...]:
    """One entry a case that was measured, in the order of the plan."""
    found = []
    for case in subject.evidence.plan.cases:
        measured = [o for o in subject.derived.outcomes_of(case) if isinstance(o, Measured)]
        if not measured:
            continue
        counts = Counter(
            by
            for outcome in measured
            for named in interference_causes(outcome)
            for by in dict.fromkeys(cause.by for cause in named)
        )
        found.append(
            Interference(
                host=subject.host,
                metric=full_name(case),
                unit=case.unit,
                samples=sum(len(outcome.samples) for outcome in measured),
                sustained_share=_share(subject, measured, case.unit),
                blames=tuple(Blame(by, count) for by, count in counts.most_common()),
                speeds=_speeds(measured),
            )
        )
    return tuple(found)


def _share(subject: Subject, measured: list[Measured], unit: str) -> float | None:
    """Work over wall time of all processes, over the same time at capability."""
    done, possible = 0.0, 0.0
    for outcome in measured:
        rate = subject.derived.counters(outcome).capability
        if rate is None:
            return None
        done += outcome.work_per_launch(unit) * sum(outcome.samples.launches)
        possible += rate * math.fsum(outcome.samples.duration_s)
    return done / possible if possible else None


def _speeds(measured: list[Measured]) -> tuple[Speed, ...]:
    rows = [(o.counter_hz, w) for o in measured for w in o.ticks if w.set_bytes is None]
    if not rows or any(hz is None for hz, _ in rows):
        return ()
    hz = sum(hz for hz, _ in rows if hz is not None) / len(rows)
    ops = rows[0][1].ops_per_chunk
    # The last chunk of a share may be shorter; only chunks of equal work can be compared.
    together = merge(worker.work for _, worker in rows if worker.ops_per_chunk == ops)
    return tuple(Speed(ops / mode.ticks * hz, mode.share) for mode in modes(together))
