"""Outcomes to estimates: a rate a process, a median over processes, an interval with its coverage.

Samples of one process share one clock state and one memory layout, so the unit of replication is
the process. The interval is distribution-free: order statistics of the processes' rates.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from bench.analysis.capability import by_set, capability, clock_hz, ops_per_cycle
from bench.analysis.concurrent_devices import DeviceGroup, device_group, single_device
from bench.analysis.energy import Source, energy
from bench.analysis.order_statistics import interval
from bench.analysis.tick_histogram import median
from bench.evidence.conclusions import Estimate
from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Outcome, Skipped
from bench.evidence.plan import Case, KernelCase, Plan, full_name
from bench.planning import metric_names
from storage_bench.job import JobResult


def estimate(plan: Plan, outcomes: Iterable[Outcome]) -> tuple[Estimate, ...]:
    """Every figure that follows from the outcomes, ordered by metric.

    A metric measured in several ways has one estimate for each (`cpu.matrix.fp32.numpy`) and,
    under its own name, the best of them.
    """
    by_case: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_case[outcome.case_id].append(outcome)
    estimates: list[Estimate] = []
    ways: dict[str, list[Estimate]] = defaultdict(list)
    shared = Counter(case.metric for case in plan.cases)
    shared.update(filter(None, (_group(cases) for cases in plan.sets())))
    for case in plan.cases:
        name = full_name(case) if shared[case.metric] > 1 else case.metric
        rates = [rate for o in by_case[case.id] if (rate := _rate(case, o)) is not None]
        if (found := interval(case.metric, case.unit, rates)) is not None:
            ways[case.metric].append(replace(found, metric=full_name(case)))
        if not isinstance(case, KernelCase):
            estimates += _latencies(name, by_case[case.id])
        else:
            estimates += _from_ticks(name, case.unit, by_case[case.id])
            estimates += _of_sets(name, case.unit, by_case[case.id])
            if case.device != "cpu":
                estimates += _of_accelerator(name, case.unit, by_case[case.id])
    for cases in plan.sets():
        if (group := _group(cases)) is not None:
            full = f"{group}.{cases[0].implementation}"
            name = full if shared[group] > 1 else group
            rounds = [device_group(same, cases[0].unit) for same in _repeats(cases, by_case)]
            seen = [each for each in rounds if each is not None]
            sums = interval(full, cases[0].unit, [each.total for each in seen])
            if sums is not None:
                ways[group].append(sums)
            estimates += _of_node(name, cases[0].unit, seen)
    for metric, found_ways in ways.items():
        best = max(found_ways, key=lambda e: e.value)
        estimates.append(replace(best, metric=metric))
        if shared[metric] > 1:
            estimates += found_ways
    return tuple(sorted(estimates, key=lambda e: e.metric))


def _group(cases: tuple[Case, ...]) -> str | None:
    return cases[0].group if isinstance(cases[0], KernelCase) else None


def _repeats(cases: tuple[Case, ...], by_case: dict[str, list[Outcome]]) -> list[list[Measured]]:
    """What was measured of these cases in each repeat; a card that failed adds nothing."""
    repeats: dict[int, list[Measured]] = defaultdict(list)
    for case in cases:
        for outcome in by_case[case.id]:
            if isinstance(outcome, Measured) and outcome.error <= outcome.tolerance:
                repeats[outcome.repeat].append(outcome)
    return list(repeats.values())


def _rate(case: Case, outcome: Outcome) -> float | None:
    """Work over wall time of one process: the sustained rate. None where nothing counts.

    Of an accelerator, whose first seconds are its best, only what came after them.
    """
    match outcome:
        case Measured():
            if not (outcome.error <= outcome.tolerance):
                return None
            assert isinstance(case, KernelCase)
            if case.device != "cpu":
                found = single_device(outcome, case.unit)
                return None if found is None else found.settled
            counted = [s for s in outcome.samples if s.rejected is None]
            if any(sample.sets for sample in counted):
                return None  # one rate of everything from the first cache to memory is none
            duration_s = math.fsum(s.duration_s for s in counted)
            if duration_s <= 0:
                return None
            per_launch = outcome.bytes_per_launch if case.unit == "B/s" else outcome.ops_per_launch
            return per_launch * sum(s.launches for s in counted) / duration_s
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
        return outcome.trial.result
    return outcome.result if isinstance(outcome, MeasuredIO) else None


def _latencies(name: str, outcomes: list[Outcome]) -> list[Estimate]:
    estimates = []
    for direction in ("read", "write"):
        for label, share in (("p50", 0.5), ("p99", 0.99)):
            values = []
            for outcome in outcomes:
                if (result := _result(outcome)) is not None:
                    way = result.read if direction == "read" else result.write
                    if way is not None and way.latency is not None and way.ios:
                        values.append(way.latency.percentile_ns(share) / 1e9)
            found = interval(f"{name}.{direction}.{label}", "s", values)
            if found is not None:
                estimates.append(found)
    syncs = [
        outcome.trial.appends.sync_latency.percentile_ns(0.99) / 1e9
        for outcome in outcomes
        if isinstance(outcome, MeasuredReplicate) and outcome.trial.appends is not None
    ]
    return estimates + _intervals(name, {("fdatasync.p99", "s"): syncs})


def _from_ticks(name: str, rate_unit: str, outcomes: list[Outcome]) -> list[Estimate]:
    """What the workers' own cycle counters say beside the wall clock."""
    found = []
    for label, unit, figure in (
        ("capability", rate_unit, capability),
        ("per_cycle", rate_unit.replace("/s", "/cycle"), ops_per_cycle),
        ("clock", "Hz", clock_hz),
    ):
        values = [
            value
            for outcome in outcomes
            if isinstance(outcome, Measured) and outcome.error <= outcome.tolerance
            if (value := figure(outcome)) is not None
        ]
        found.append(interval(f"{name}.{label}", unit, values))
    return [estimate for estimate in found if estimate is not None]


def _of_accelerator(name: str, unit: str, outcomes: list[Outcome]) -> list[Estimate]:
    """Burst and sustained rate, and mean power by the source that it comes from."""
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for outcome in outcomes:
        if not isinstance(outcome, Measured) or not (outcome.error <= outcome.tolerance):
            continue
        if not outcome.samples:
            continue
        if (course := single_device(outcome, unit)) is not None:
            values["burst", unit].append(course.burst)
            if course.sustained is not None:
                values["sustained", unit].append(course.sustained)
        last = outcome.samples[-1]
        spent = energy(outcome.readings, last.start_s + last.duration_s)
        if spent is not None:
            label = "power" if spent.source is Source.COUNTER else "power_integrated"
            values[label, "W"].append(spent.power_w)
    return _intervals(name, values)


def _of_node(name: str, unit: str, rounds: list[DeviceGroup]) -> list[Estimate]:
    """Sustained sum, rate of the slowest card and spread of cards that ran at the same time."""
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in rounds:
        if each.sustained is not None:
            values["sustained", unit].append(each.sustained)
        if len(each.courses) > 1:
            values["slowest", unit].append(each.slowest)
            values["spread", "%"].append(each.spread)
    return _intervals(name, values)


def _intervals(name: str, values: dict[tuple[str, str], list[float]]) -> list[Estimate]:
    found = [interval(f"{name}.{label}", unit, rates) for (label, unit), rates in values.items()]
    return [estimate for estimate in found if estimate is not None]


def _of_sets(name: str, unit: str, outcomes: list[Outcome]) -> list[Estimate]:
    """Of each working set the rate of the median chunk, or of dependent loads their latency."""
    values: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for outcome in outcomes:
        if not isinstance(outcome, Measured) or not (outcome.error <= outcome.tolerance):
            continue
        for size, of_set in by_set(outcome).items():
            metric = f"{name}.{metric_names.working_set_label(size)}"
            rate, per_cycle = capability(of_set, median), ops_per_cycle(of_set, median)
            if rate and unit == "load/s":
                values[size, metric, "s"].append(1 / rate)
            elif rate:
                values[size, metric, unit].append(rate)
            if per_cycle and unit == "load/s":
                values[size, f"{metric}.cycles", "cycle"].append(1 / per_cycle)
    found = [interval(metric, its, each) for (_, metric, its), each in values.items()]
    return [estimate for estimate in found if estimate is not None]
