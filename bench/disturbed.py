"""What disturbed a sample, named. Pure. A named sample is kept and counted all the same."""

from bench.capability import worker_rates
from bench.outcome import Measured, Sample

SHARE = 0.01
"""Below one per cent of the workers' time nothing is named."""
SLOWER = 1.2
"""So much below its own fastest sample a worker shares its core, if nothing else explains it."""
SAME_CORE_S = 45e-9
"""Round trips between threads of one core take 30 to 45 ns; between cores of one cache, more."""


def causes(measured: Measured) -> tuple[tuple[str, ...], ...]:
    """For every sample the causes that the counters name; an empty tuple is a quiet one."""
    best = _best_rates(measured)
    return tuple(_causes(sample, measured.counter_hz, best) for sample in measured.samples)


def _best_rates(measured: Measured) -> tuple[float, ...]:
    rates = [worker_rates(sample) for sample in measured.samples]
    return tuple(max(worker) for worker in zip(*rates, strict=True)) if rates else ()


def _causes(sample: Sample, counter_hz: float | None, best: tuple[float, ...]) -> tuple[str, ...]:
    named = []
    workers_s = sample.duration_s * max(1, len(sample.workers))
    for spent_s, cause in (
        (sample.disturbance.run_delay_s, "waited behind other processes"),
        (sample.disturbance.steal_s, "the hypervisor ran others"),
        (sample.disturbance.throttled_s, "held back by the control group's quota"),
    ):
        if spent_s is not None and spent_s > SHARE * workers_s:
            named.append(f"{cause} for {spent_s / workers_s:.0%} of the time")
    slow = [
        worker.cpu
        for worker, rate, top in zip(sample.workers, worker_rates(sample), best, strict=True)
        if rate * SLOWER < top
    ]
    if slow:
        near = counter_hz and any(
            ticks is not None and ticks / counter_hz < SAME_CORE_S for ticks in sample.distances
        )
        why = "two workers on one core" if near else "a busy sibling thread or a lower clock"
        named.append(f"{why} slowed CPU {', '.join(map(str, slow))}")
    return tuple(named)
