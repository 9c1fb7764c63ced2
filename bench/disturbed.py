"""What disturbed a sample, named. Pure. A named sample is kept and counted all the same."""

from dataclasses import dataclass
from enum import StrEnum

from bench.capability import worker_rates
from bench.outcome import Measured, Sample

SHARE = 0.01
"""Below one per cent of the workers' time nothing is named."""
SLOWER = 1.2
"""So much below its own fastest sample a worker is slow, if nothing else explains it."""
SAME_CORE_S = 45e-9
"""Round trips between threads of one core take 30 to 45 ns; between cores of one cache, more."""


class Disturber(StrEnum):
    """Who or what took the processor, or slowed it."""

    PROCESSES = "other processes of this machine took the cores"
    HYPERVISOR = "the hypervisor ran others"
    QUOTA = "the control group's quota held the workers back"
    ONE_CORE = "two workers were on one core"
    SLOW = "a busy sibling thread, or a lower clock, slowed the workers"


@dataclass(frozen=True, slots=True)
class Cause:
    """One disturbance of one sample."""

    by: Disturber
    share: float | None
    """Share of the workers' time that was taken; None where they were slowed, not stopped."""
    cpus: tuple[int, ...] = ()
    """Logical CPUs of the slowed workers; empty where the counters do not tell them apart."""


def causes(measured: Measured) -> tuple[tuple[Cause, ...], ...]:
    """For every sample the causes that the counters name; an empty tuple is a quiet one."""
    rates = [worker_rates(sample) for sample in measured.samples]
    best = tuple(max(worker) for worker in zip(*rates, strict=True)) if rates else ()
    return tuple(_causes(sample, measured.counter_hz, best) for sample in measured.samples)


def _causes(sample: Sample, counter_hz: float | None, best: tuple[float, ...]) -> tuple[Cause, ...]:
    of_sets = sample.sets[0].workers if sample.sets else ()
    workers_s = sample.duration_s * max(1, len(sample.workers or of_sets))
    taken = (
        (sample.disturbance.run_delay_s, Disturber.PROCESSES),
        (sample.disturbance.steal_s, Disturber.HYPERVISOR),
        (sample.disturbance.throttled_s, Disturber.QUOTA),
    )
    named = [
        Cause(by, spent_s / workers_s)
        for spent_s, by in taken
        if spent_s is not None and spent_s > SHARE * workers_s
    ]
    slow = tuple(
        worker.cpu
        for worker, rate, top in zip(sample.workers, worker_rates(sample), best, strict=True)
        if rate * SLOWER < top
    )
    if slow:
        near = counter_hz is not None and any(
            ticks is not None and ticks / counter_hz < SAME_CORE_S for ticks in sample.distances
        )
        named.append(Cause(Disturber.ONE_CORE if near else Disturber.SLOW, None, slow))
    return tuple(named)
