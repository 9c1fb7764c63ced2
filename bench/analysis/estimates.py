"""Estimates: a rate a process, a median over processes, an interval with its coverage.

Samples of one process share one clock state and one memory layout, so the unit of replication is
the process. The interval is distribution-free: order statistics of the processes' rates.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal, assert_never

from bench.analysis.capability import figures_by_set
from bench.analysis.derived import Derived, GroupRun
from bench.analysis.energy import Source
from bench.analysis.order_statistics import interval
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Outcome, Skipped
from bench.evidence.plan import Case, KernelCase, Plan
from storage_bench.job import JobResult

Values = dict[tuple[Statistic, str], list[float]]
"""Figures of processes by statistic and unit."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What estimates are of."""

    metric: str
    implementation: str | None

    def estimate(
        self,
        statistic: Statistic,
        unit: str,
        values: Sequence[float],
        working_set_bytes: int | None = None,
        operation: Literal["read", "write", "fdatasync"] | None = None,
    ) -> Iterator[Estimate]:
        """One estimate, or none where there are too few values."""
        if (found := interval(values)) is not None:
            yield Estimate(
                self.metric, statistic, found.value, found.low, found.high, unit, found.confidence,
                found.n, self.implementation, working_set_bytes, operation,
            )  # fmt: skip

    def estimates(self, values: Values) -> Iterator[Estimate]:
        for (statistic, unit), each in values.items():
            yield from self.estimate(statistic, unit, each)


def estimate(plan: Plan, outcomes: Iterable[Outcome]) -> tuple[Estimate, ...]:
    """Every figure that follows from the outcomes, ordered by name."""
    return estimates_of(Derived(plan, tuple(outcomes)))


def estimates_of(derived: Derived) -> tuple[Estimate, ...]:
    """The same from what is derived of them already.

    A metric measured in several ways has one estimate for each (`cpu.matrix.fp32.numpy`) and,
    under its own name, the best of them.
    """
    estimates: list[Estimate] = []
    ways: dict[str, list[Estimate]] = defaultdict(list)
    shared = Counter(case.metric for case in derived.plan.cases)
    shared.update(filter(None, map(_group, derived.groups)))
    for case in derived.plan.cases:
        way = _Subject(case.metric, case.implementation if shared[case.metric] > 1 else None)
        outcomes = derived.outcomes_of(case)
        rates = [rate for o in outcomes if (rate := _rate(derived, case, o)) is not None]
        ways[case.metric] += way.estimate(Statistic.VALUE, case.unit, rates)
        if not isinstance(case, KernelCase):
            estimates += _latencies(way, outcomes)
            continue
        valid = derived.valid(case)
        estimates += _from_ticks(derived, way, case.unit, valid)
        estimates += _of_sets(way, case.unit, valid)
        if case.device != "cpu":
            estimates += _of_accelerator(derived, way, case, valid)
    for cases, runs in derived.groups.items():
        group = _group(cases)
        assert group is not None
        way = _Subject(group, cases[0].implementation if shared[group] > 1 else None)
        totals = [run.devices.total for run in runs if run.devices is not None]
        ways[group] += way.estimate(Statistic.VALUE, cases[0].unit, totals)
        estimates += _of_node(way, cases[0].unit, runs)
    for metric, found in ways.items():
        if found:
            estimates.append(replace(max(found, key=lambda e: e.value), implementation=None))
        if shared[metric] > 1:
            estimates += found
    return tuple(sorted(estimates, key=lambda e: e.name))


def _group(cases: tuple[Case, ...]) -> str | None:
    return cases[0].group if isinstance(cases[0], KernelCase) else None


def _rate(derived: Derived, case: Case, outcome: Outcome) -> float | None:
    """Work over wall time of one process: the sustained rate. None where nothing counts.

    Of an accelerator, whose first seconds are its best, only what came after them.
    """
    match outcome:
        case Measured():
            if not outcome.is_valid:
                return None
            assert isinstance(case, KernelCase)
            if case.device != "cpu":
                found = derived.steady_state(case, outcome)
                return None if found is None else found.plateau_rate
            if outcome.ticks and outcome.ticks[0].set_bytes is not None:
                return None  # one rate of everything from the first cache to memory is none
            samples = outcome.samples
            counted = [reason is None for reason in samples.rejected]
            duration_s = math.fsum(compress(samples.duration_s, counted))
            if duration_s <= 0:
                return None
            launches = sum(compress(samples.launches, counted))
            return outcome.work_per_launch(case.unit) * launches / duration_s
        case MeasuredIO() | MeasuredReplicate():
            result = _result(outcome)
            if result is None or not result.duration_s > 0:
                return None
            return (result.io_bytes if case.unit == "B/s" else result.ios) / result.duration_s
        case Skipped() | Failed():
            return None
        case _:
            assert_never(outcome)


def _result(outcome: Outcome) -> JobResult | None:
    """What an engine brought home, where storage was loaded."""
    if isinstance(outcome, MeasuredReplicate):
        return outcome.replicate.result
    return outcome.result if isinstance(outcome, MeasuredIO) else None


def _latencies(way: _Subject, outcomes: Sequence[Outcome]) -> Iterator[Estimate]:
    results = [result for o in outcomes if (result := _result(o)) is not None]
    operations: tuple[Literal["read", "write"], ...] = ("read", "write")
    for operation in operations:
        for statistic, share in ((Statistic.P50, 0.5), (Statistic.P99, 0.99)):
            directions = [r.read if operation == "read" else r.write for r in results]
            values = [
                each.latency.percentile_ns(share) / 1e9
                for each in directions
                if each is not None and each.latency is not None and each.ios
            ]
            yield from way.estimate(statistic, "s", values, operation=operation)
    syncs = [
        outcome.replicate.appends.sync_latency.percentile_ns(0.99) / 1e9
        for outcome in outcomes
        if isinstance(outcome, MeasuredReplicate) and outcome.replicate.appends is not None
    ]
    yield from way.estimate(Statistic.P99, "s", syncs, operation="fdatasync")


def _from_ticks(
    derived: Derived, way: _Subject, unit: str, valid: Sequence[Measured]
) -> Iterator[Estimate]:
    """What the workers' own cycle counters say beside the wall clock."""
    found = [derived.counters(outcome) for outcome in valid]
    for statistic, its, values in (
        (Statistic.CAPABILITY, unit, [each.capability for each in found]),
        (Statistic.PER_CYCLE, unit.replace("/s", "/cycle"), [each.per_cycle for each in found]),
        (Statistic.CLOCK, "Hz", [each.clock_hz for each in found]),
    ):
        yield from way.estimate(statistic, its, [v for v in values if v is not None])


def _of_accelerator(
    derived: Derived, way: _Subject, case: KernelCase, valid: Sequence[Measured]
) -> Iterator[Estimate]:
    """Burst and sustained rate, and mean power by the source that it comes from."""
    values: Values = defaultdict(list)
    for outcome in valid:
        if not outcome.samples:
            continue
        if (state := derived.steady_state(case, outcome)) is not None:
            values[Statistic.BURST, case.unit].append(state.burst)
            if state.sustained is not None:
                values[Statistic.SUSTAINED, case.unit].append(state.sustained)
        if (spent := derived.energy(outcome)) is not None:
            counted = spent.source is Source.COUNTER
            statistic = Statistic.POWER if counted else Statistic.POWER_INTEGRATED
            values[statistic, "W"].append(spent.power_w)
    return way.estimates(values)


def _of_node(way: _Subject, unit: str, runs: Sequence[GroupRun]) -> Iterator[Estimate]:
    """Sustained sum, rate of the slowest card and spread of cards that ran at the same time."""
    values: Values = defaultdict(list)
    for run in runs:
        if run.devices is None:
            continue
        if run.devices.sustained is not None:
            values[Statistic.SUSTAINED, unit].append(run.devices.sustained)
        if len(run.devices.states) > 1:
            values[Statistic.SLOWEST, unit].append(run.devices.slowest)
            values[Statistic.SPREAD, "%"].append(run.devices.spread)
    return way.estimates(values)


def _of_sets(way: _Subject, unit: str, valid: Sequence[Measured]) -> Iterator[Estimate]:
    """Of each working set the rate of the median chunk, or of dependent loads their latency."""
    values: dict[tuple[int, Statistic, str], list[float]] = defaultdict(list)
    for outcome in valid:
        for size, figures in figures_by_set(outcome).items():
            if figures.capability and unit == "load/s":
                values[size, Statistic.VALUE, "s"].append(1 / figures.capability)
            elif figures.capability:
                values[size, Statistic.VALUE, unit].append(figures.capability)
            if figures.per_cycle and unit == "load/s":
                values[size, Statistic.CYCLES, "cycle"].append(1 / figures.per_cycle)
    for (size, statistic, its), each in values.items():
        yield from way.estimate(statistic, its, each, working_set_bytes=size)
