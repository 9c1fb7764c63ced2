"""Numbers that no observation has: the other rules, and the estimates, presume that none is there.

A bundle comes from somebody else. What a type cannot say is said here: counts that are not
negative, histograms whose two halves fit, times that run forwards."""

from collections.abc import Iterator
from itertools import pairwise

from bench.evidence import Evidence
from bench.evidence.outcome import (
    Measured,
    MeasuredIO,
    MeasuredReplicate,
    Reading,
    Sample,
    TickHistogram,
    WorkerTicks,
)
from bench.evidence.plan import KernelCase
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import place
from storage_bench.job import Direction, JobResult, Latency
from storage_bench.observations import Replicate

MOST = 1 << 62
"""No count of operations, bytes or nanoseconds of one run comes near."""
MOST_BACKWARDS = 0.01
"""A hypervisor sets the counter back once in thousands of readings; a median never sees it."""
LONGEST_S = 1e7
"""A third of a year."""


def _malformed(evidence: Evidence) -> Iterator[Objection]:
    if reason := _plan(evidence):
        yield "plan.json", reason
    if reason := _inventory(evidence):
        yield "inventory.json", reason
    for outcome in evidence.outcomes:
        reason = None
        if isinstance(outcome, Measured):
            reason = _measured(outcome) or _readings(outcome.readings)
        elif isinstance(outcome, MeasuredIO):
            reason = _job_result(outcome.result) or _readings(outcome.readings)
        elif isinstance(outcome, MeasuredReplicate):
            reason = _trial(outcome.trial) or _readings(outcome.readings)
        if reason:
            yield place(outcome), reason


def _plan(evidence: Evidence) -> str | None:
    cases = evidence.plan.cases
    if len({case.id for case in cases}) != len(cases):
        return "a case is planned twice"
    for case in cases:
        if case.repeats < 1:
            return f"{case.metric} has {case.repeats} repeats"
        if isinstance(case, KernelCase):
            if not case.cpus or len(set(case.cpus)) != len(case.cpus):
                return f"{case.metric} has no CPU, or one CPU twice"
            if not all(0 < size < MOST for size in case.shape):
                return f"{case.metric} has the shape {case.shape}"
    return None


def _inventory(evidence: Evidence) -> str | None:
    processor = evidence.inventory.host.processor
    cpus = [cpu for core in processor.cores for cpu in core.cpus]
    if not processor.cores or not all(core.cpus for core in processor.cores):
        return "a core without a CPU"
    if len(set(cpus)) != len(cpus):
        return "two cores share a CPU"
    quota = processor.quota_cpus
    if quota is not None and not 0 < quota < MOST:
        return f"a quota of {quota} CPUs"
    sizes = [cache.size_bytes for cache in processor.caches]
    sizes += [evidence.inventory.host.memory_bytes]
    if not all(0 < size < MOST for size in sizes):
        return "a memory or a cache of no size"
    if not all(0 < cache.instances < MOST for cache in processor.caches):
        return "a cache that is not there"
    return None


def _measured(outcome: Measured) -> str | None:
    if not (_count(outcome.ops_per_launch) and _count(outcome.bytes_per_launch)):
        return f"{outcome.ops_per_launch} operations, {outcome.bytes_per_launch} bytes a launch"
    if not outcome.samples:
        return "measured without a sample"
    if outcome.counter_hz is not None and not 0 < outcome.counter_hz < MOST:
        return f"a cycle counter of {outcome.counter_hz} Hz"
    if outcome.began_at_s is not None and not 0 <= outcome.began_at_s < 1e12:
        return f"began at {outcome.began_at_s} s"
    layout = _layout(outcome.samples[0])
    for sample in outcome.samples:
        if reason := _sample(sample):
            return reason
        if _layout(sample) != layout:
            return "two samples had other workers or working sets"
    return None


def _layout(sample: Sample) -> object:
    """Who worked on what: the same in every sample of a launch."""

    def of(workers: tuple[WorkerTicks, ...]) -> object:
        return tuple((w.cpu, w.ops_per_chunk, w.cycles_per_probe) for w in workers)

    return of(sample.workers), tuple((each.set_bytes, of(each.workers)) for each in sample.sets)


def _sample(sample: Sample) -> str | None:
    if not 0 < sample.duration_s < LONGEST_S or not 0 <= sample.start_s < LONGEST_S:
        return f"a sample that begins at {sample.start_s} s and lasts {sample.duration_s} s"
    if not 0 < sample.launches < MOST:
        return f"a sample of {sample.launches} launches"
    taken = sample.disturbance
    for spent_s in (taken.steal_s, taken.run_delay_s, taken.throttled_s):
        if spent_s is not None and not 0 <= spent_s < LONGEST_S:
            return f"{spent_s} s were taken away"
    if any(each.set_bytes < 1 for each in sample.sets):
        return "a working set of no size"
    workers = sample.workers + tuple(w for each in sample.sets for w in each.workers)
    for worker in workers:
        if not (_count(worker.ops_per_chunk) and _count(worker.cycles_per_probe)):
            return "a chunk of no work"
        if not (_tally(worker.work) and _tally(worker.probe)):
            return "ticks that are no histogram"
    return None


def _tally(tally: TickHistogram) -> bool:
    """Rising edges, nearly all of them above zero: some counters are set back now and then."""
    backwards = sum(n for t, n in zip(tally.ticks, tally.counts, strict=False) if t <= 0)
    return (
        _rising(tally.ticks, tally.counts)
        and all(-MOST < edge < MOST for edge in tally.ticks)
        and backwards <= MOST_BACKWARDS * sum(tally.counts)
    )


def _trial(trial: Replicate) -> str | None:
    """A replicate of a guarantee: its load, and what was looked at beside it."""
    if trial.result is None:
        return "a replicate without a result is sealed as measured"
    counts = [trial.size_bytes]
    if (seen := trial.seen) is not None:
        counts += [seen.read_ios, seen.read_bytes, seen.write_ios, seen.write_bytes]
    if (data := trial.data) is not None:
        counts += [data.blocks, data.repeated]
        if not 0 <= data.compressed_share < MOST:
            return f"data of {data.compressed_share} of its size after compression"
    if (back := trial.integrity) is not None:
        counts += [back.blocks, back.anew, back.as_filled, back.by_load, back.untold, back.broken]
    if (appends := trial.appends) is not None:
        counts += [appends.syncs, appends.block_bytes]
        if not _latency(appends.sync_latency) or not any(appends.sync_latency.counts):
            return "latencies that are no histogram"
    if not all(map(_count, counts)):
        return "a replicate with a count below zero"
    return _job_result(trial.result)


def _job_result(result: JobResult) -> str | None:
    if not 0 < result.duration_s < LONGEST_S:
        return f"a job that lasted {result.duration_s} s"
    ways: list[Direction] = [way for way in (result.read, result.write) if way is not None]
    if not any(way.ios for way in ways):
        return "a job without a single operation"
    for way in ways:
        if not (_count(way.ios) and _count(way.io_bytes)):
            return f"{way.ios} operations of {way.io_bytes} bytes"
        if way.latency is not None and not _latency(way.latency):
            return "latencies that are no histogram"
        if way.ios and way.latency is not None and not any(way.latency.counts):
            return "operations without a latency"
    for window in result.windows:
        if not (_count(window.reads) and _count(window.writes) and window.duration_s > 0):
            return "a window of negative size"
        for latency in (window.read_latency, window.write_latency):
            if latency is not None and not (_latency(latency) and any(latency.counts)):
                return "latencies that are no histogram"
    return None


def _latency(latency: Latency) -> bool:
    ordered = 0 <= latency.min_ns <= latency.max_ns < MOST
    inside = all(0 <= edge < MOST for edge in latency.bins_ns)
    return ordered and inside and _rising(latency.bins_ns, latency.counts)


def _rising(edges: tuple[int, ...], counts: tuple[int, ...]) -> bool:
    return (
        len(edges) == len(counts)
        and all(0 < count < MOST for count in counts)
        and all(a < b for a, b in pairwise(edges))
    )


def _readings(readings: tuple[Reading, ...]) -> str | None:
    if any(b.at_s < a.at_s for a, b in pairwise(readings)):
        return "sensor readings that run backwards"
    for reading in readings:
        if not 0 <= reading.at_s < LONGEST_S:
            return f"a sensor reading at {reading.at_s} s"
        beside = reading.accelerator
        amounts = [reading.load_1m, reading.clock_hz, reading.power_w]
        if beside is not None:
            amounts += [beside.energy_j, beside.power_limit_w, beside.utilisation]
        if not all(amount is None or 0 <= amount < MOST for amount in amounts):
            return "a sensor reading below zero"
        if reading.temperature_c is not None and not -273.15 <= reading.temperature_c < 1e3:
            return f"a temperature of {reading.temperature_c} °C"
    return None


def _count(value: int) -> bool:
    return 0 <= value < MOST


RULES = (
    Rule("OBS-001", Severity.CRITICAL, "Every number is one that can be observed", _malformed),
)
