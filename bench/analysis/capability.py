"""Capability: rates of self-timed chunks while the cores are ours. Pure.

A kernel leaves a cycle-counter reading between equal chunks of its work, and between chunks a
probe of dependent one-cycle adds. Their ratio needs no frequency from anybody, and its fastest mode
ignores interruptions and busy sibling threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bench.analysis.speed_modes import dominant_fast_mode
from bench.analysis.tick_histogram import median
from bench.evidence.outcome import Measured, TickHistogram, WorkerTicks

Typical = Callable[[TickHistogram], float | None]
"""What stands for all chunks: their fastest mode, or their median."""


@dataclass(frozen=True, slots=True)
class CounterFigures:
    """What the cycle counters of one process say; None for what they do not."""

    capability: float | None
    """Operations a second of all workers together, each at its typical chunk.

    Where there are probes, work a cycle (of chunk and probe side by side) times the clock (of all
    probes): a probe is so short that hardly anything interrupts it, while most chunks of a busy
    core may be. Without probes the median chunk stands for all.
    """
    per_cycle: float | None
    """Operations per core cycle, mean over workers; None without a probe."""
    clock_hz: float | None
    """Core clock under this load, mean over workers; None without a probe."""


NOTHING = CounterFigures(None, None, None)


def counter_figures(measured: Measured) -> CounterFigures:
    """Of a kernel with one working set; of one with several `figures_by_set` tells."""
    if not measured.ticks:
        return NOTHING
    if measured.ticks[0].set_bytes is None:
        return _figures(measured.ticks, measured.counter_hz, dominant_fast_mode)
    return NOTHING


def figures_by_set(measured: Measured) -> dict[int, CounterFigures]:
    """Of each working set alone, at its median chunk."""
    return {
        size: _figures(tuple(workers), measured.counter_hz, median)
        for size, workers in groupby(measured.ticks, key=lambda worker: worker.set_bytes)
        if size is not None
    }


def _figures(
    workers: Sequence[WorkerTicks], counter_hz: float | None, typical: Typical
) -> CounterFigures:
    per_cycle = [_ops_per_cycle(worker, typical) for worker in workers]
    clocks = [_cycles_per_tick(worker) for worker in workers]
    rates = [_ops_per_tick(*each) for each in zip(workers, per_cycle, clocks, strict=True)]
    clock, rate = _sum(clocks), _sum(rates)
    ratio = _sum(per_cycle)
    count = len(workers)
    return CounterFigures(
        None if rate is None or counter_hz is None else rate * counter_hz,
        None if ratio is None else ratio / count,
        None if clock is None or counter_hz is None else clock / count * counter_hz,
    )


def _sum(values: Sequence[float | None]) -> float | None:
    """None where one of them is missing."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _ops_per_tick(
    worker: WorkerTicks, per_cycle: float | None, clock: float | None
) -> float | None:
    if per_cycle is not None and clock is not None:
        return per_cycle * clock
    ticks = median(worker.work)
    return worker.ops_per_chunk / ticks if ticks else None


def _ops_per_cycle(worker: WorkerTicks, typical: Typical) -> float | None:
    cycles = typical(worker.cycles) if worker.cycles.ticks else None
    return worker.ops_per_chunk / cycles if cycles else None


def _cycles_per_tick(worker: WorkerTicks) -> float | None:
    ticks = median(worker.probe)
    return worker.cycles_per_probe / ticks if ticks else None
