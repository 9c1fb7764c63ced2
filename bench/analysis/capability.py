"""What the silicon does while it is given the core: rates of chunks that timed themselves. Pure.

A kernel leaves a cycle-counter reading between equal chunks of its work, and between chunks a
probe of dependent one-cycle adds. Their ratio needs no frequency from anybody, and its fastest mode
ignores interruptions and busy sibling threads.
"""

from collections.abc import Callable
from dataclasses import replace

from bench.analysis.speed_modes import dominant_fast_mode
from bench.analysis.tick_histogram import median, merge
from bench.evidence.outcome import Measured, Sample, TickHistogram, WorkerTicks

Typical = Callable[[TickHistogram], float | None]
"""What stands for all chunks: their fastest mode, or their median."""


def capability(measured: Measured, typical: Typical = dominant_fast_mode) -> float | None:
    """Operations a second of all workers together, each at its typical chunk; None without ticks.

    Where there are probes, work a cycle (of chunk and probe side by side) times the clock (of all
    probes): a probe is so short that hardly anything interrupts it, while most chunks of a busy
    core may be. Without probes the median chunk stands for all.
    """
    if measured.counter_hz is None:
        return None
    rates = [_ops_per_tick(worker, typical) for worker in workers(measured)]
    known = [rate for rate in rates if rate is not None]
    return sum(known) * measured.counter_hz if known and len(known) == len(rates) else None


def ops_per_cycle(measured: Measured, typical: Typical = dominant_fast_mode) -> float | None:
    """Operations per core cycle, mean over workers; None without a probe."""
    ratios = [_ops_per_cycle(worker, typical) for worker in workers(measured)]
    known = [ratio for ratio in ratios if ratio is not None]
    return sum(known) / len(known) if known and len(known) == len(ratios) else None


def clock_hz(measured: Measured) -> float | None:
    """Core clock under this load, mean over workers; None without a probe."""
    clocks = [_cycles_per_tick(worker) for worker in workers(measured)]
    known = [clock for clock in clocks if clock is not None]
    if measured.counter_hz is None or not known or len(known) != len(clocks):
        return None
    return sum(known) / len(known) * measured.counter_hz


def worker_rates(sample: Sample) -> tuple[float, ...]:
    """Operations per counter tick at each worker's median chunk of one sample."""
    return tuple(_ops_per_tick(worker, median) or 0.0 for worker in sample.workers)


def by_set(measured: Measured) -> dict[int, Measured]:
    """What was measured of each working set alone, as if its kernel had had no other."""
    sizes = [entry.set_bytes for entry in measured.samples[0].sets] if measured.samples else []
    return {
        size: replace(
            measured,
            samples=tuple(
                replace(sample, workers=sample.sets[i].workers, sets=())
                for sample in measured.samples
            ),
        )
        for i, size in enumerate(sizes)
    }


def workers(measured: Measured) -> tuple[WorkerTicks, ...]:
    """The ticks of all counted samples, one entry a worker."""
    rows = [sample.workers for sample in measured.samples if sample.rejected is None]
    return tuple(
        WorkerTicks(
            cpu=worker[0].cpu,
            ops_per_chunk=worker[0].ops_per_chunk,
            work=merge(row.work for row in worker),
            cycles_per_probe=worker[0].cycles_per_probe,
            probe=merge(row.probe for row in worker),
            cycles=merge(row.cycles for row in worker),
        )
        for worker in zip(*rows, strict=True)
    )


def _ops_per_tick(worker: WorkerTicks, typical: Typical) -> float | None:
    per_cycle, clock = _ops_per_cycle(worker, typical), _cycles_per_tick(worker)
    if per_cycle is not None and clock is not None:
        return per_cycle * clock
    ticks = median(worker.work)
    return worker.ops_per_chunk / ticks if ticks else None


def _ops_per_cycle(worker: WorkerTicks, typical: Typical) -> float | None:
    cycles = typical(worker.cycles)
    return worker.ops_per_chunk / cycles if cycles else None


def _cycles_per_tick(worker: WorkerTicks) -> float | None:
    ticks = median(worker.probe)
    return worker.cycles_per_probe / ticks if ticks else None
