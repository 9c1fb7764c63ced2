"""Numbers that no observation has: the other rules, and the estimates, presume that none is there.

A bundle comes from somebody else. What a type cannot say is said here: counts that are not
negative, histograms whose two halves fit, times that run forwards."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import gt, lt

from bench.evidence import Evidence
from bench.evidence.outcome import (
    Measured,
    MeasuredIO,
    MeasuredReplicate,
    Readings,
    Samples,
    TickHistogram,
    WorkerTicks,
)
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.shape_search import AGAIN, EXHAUSTIVE, ShapeSearch, best
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import place
from storage_bench.job import Direction, JobResult, Latency
from storage_bench.observations import Replicate

MOST = 1 << 62
"""No count of operations, bytes or nanoseconds of one run comes near."""
MAX_BACKWARDS = 0.01
"""A hypervisor sets the counter back once in thousands of readings; a median never sees it."""
LONGEST_S = 1e7
"""A third of a year."""


def _malformed(subject: Subject) -> Iterator[Objection]:
    evidence = subject.evidence
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
            reason = _trial(outcome.replicate) or _readings(outcome.readings)
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
    reasons = filter(None, map(_trials, evidence.plan.searches))
    return next(reasons, None) or _yardstick(evidence.plan)


def _trials(search: ShapeSearch) -> str | None:
    name = f"the search {search.implementation} in {search.precision}"
    if search.duration_s is not None and not 0 <= search.duration_s < LONGEST_S:
        return f"{name} lasted {search.duration_s} s"
    for trial in search.trials:
        if not trial.shape or not all(0 < size < MOST for size in trial.shape):
            return f"{name} tried the shape {trial.shape}"
        if trial.rate is not None and not 1 <= trial.rate < MOST:
            return f"{name} found a rate of {trial.rate}"
    shapes = [trial.shape for trial in search.trials]
    if search.implementation != AGAIN and len(set(shapes)) != len(shapes):
        return f"{name} tried a shape twice"
    return None


def _yardstick(plan: Plan) -> str | None:
    """One exhaustive search, of what ours decided, and of both best shapes again in turn."""
    by_way = {way: [s for s in plan.searches if s.implementation == way]
              for way in (EXHAUSTIVE, AGAIN)}  # fmt: skip
    if any(len(found) > 1 for found in by_way.values()):
        return "an exhaustive search is sealed twice"
    if not by_way[EXHAUSTIVE]:
        return "shapes of an exhaustive search that is not there" if by_way[AGAIN] else None
    (whole,) = by_way[EXHAUSTIVE]
    of = (whole.kernel, whole.precision, whole.devices)
    ours = [s for s in plan.searches if s.decides and (s.kernel, s.precision, s.devices) == of]
    winner = best(whole.trials)
    if len(ours) != 1 or winner is None or not whole.duration_s:
        return "an exhaustive search of nothing that was searched"
    for again in by_way[AGAIN]:
        shapes = tuple(trial.shape for trial in again.trials)
        pair = (ours[0].shape, winner)
        if (again.kernel, again.precision, again.devices) != of or (
            shapes != pair * (len(shapes) // 2)
        ):
            return "what was measured again is not both best shapes in turn"
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
    return _samples(outcome.samples) or _ticks(outcome.ticks, len(outcome.samples))


def _samples(samples: Samples) -> str | None:
    if len(set(map(len, samples.columns))) > 1:
        return "samples in columns of different lengths"
    shortest_s, first_s = min(samples.duration_s), min(samples.start_s)
    if not (shortest_s > 0 and max(samples.duration_s) < LONGEST_S) or not (
        first_s >= 0 and max(samples.start_s) < LONGEST_S
    ):
        return f"a sample that begins at {first_s} s and one that lasts {shortest_s} s"
    if not (min(samples.launches) > 0 and max(samples.launches) < MOST):
        return f"a sample of {min(samples.launches)} launches"
    for column in (samples.steal_s, samples.run_delay_s, samples.throttled_s):
        if (wrong := _outside(column, 0, LONGEST_S)) is not None:
            return f"{wrong} s were taken away"
    return None


def _ticks(workers: tuple[WorkerTicks, ...], samples: int) -> str | None:
    """Each worker once a working set, an entry a sample, and histograms that are ones."""
    sizes = [worker.set_bytes for worker in workers]
    if None in sizes and any(sizes):
        return "working sets, and ticks of none"
    keys = [(worker.set_bytes or 0, worker.cpu) for worker in workers]
    known = [size for size, _ in keys]
    if len(set(keys)) != len(keys) or known != sorted(known):
        return "a worker is counted twice, or working sets do not rise"
    if any(size is not None and size < 1 for size in sizes):
        return "a working set of no size"
    for worker in workers:
        if not (_count(worker.ops_per_chunk) and _count(worker.cycles_per_probe)):
            return "a chunk of no work"
        columns = (worker.chunks, worker.spent_ticks, worker.median_ticks)
        if any(len(column) != samples for column in columns):
            return "ticks in columns of another length than the samples"
        if not samples or min(worker.chunks) < 0 or max(worker.chunks) >= MOST:
            return "a sample of a negative number of chunks"
        if not -MOST < min(worker.spent_ticks) <= max(worker.spent_ticks) < MOST:
            return "a sample of more ticks than there are"
        if _outside(worker.median_ticks, -MOST, MOST) is not None:
            return "a chunk of more ticks than there are"
        histograms = (worker.work, worker.probe, worker.cycles)
        if not all(map(_histogram, histograms)):
            return "ticks that are no histogram"
    return None


def _histogram(histogram: TickHistogram) -> bool:
    """Rising edges, nearly all of them above zero: some counters are set back now and then."""
    edges, counts = histogram.ticks, histogram.counts
    if not edges and not counts:
        return True
    if not _rising(edges, counts) or not (edges[0] > -MOST and edges[-1] < MOST):
        return False
    backwards = sum(counts[: bisect_right(edges, 0)])
    return not backwards or backwards <= MAX_BACKWARDS * sum(counts)


def _outside(column: Sequence[float | None], least: float, most: float) -> float | None:
    """The first value that is not from the least to below the most; None where all are."""
    known = [value for value in column if value is not None]
    if not known or (least <= min(known) and max(known) < most):
        return None
    return next(value for value in known if not least <= value < most)


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
    if not (0 <= latency.min_ns <= latency.max_ns < MOST):
        return False
    if not _rising(latency.bins_ns, latency.counts):
        return False
    return not latency.bins_ns or (latency.bins_ns[0] >= 0 and latency.bins_ns[-1] < MOST)


def _rising(edges: tuple[int, ...], counts: tuple[int, ...]) -> bool:
    if len(edges) != len(counts):
        return False
    # Of counts above zero none is larger than their sum.
    return not edges or (min(counts) > 0 and sum(counts) < MOST and all(map(lt, edges, edges[1:])))


def _readings(readings: Readings) -> str | None:
    if len(set(map(len, readings.columns))) > 1:
        return "readings in columns of different lengths"
    if not readings:
        return None
    if any(map(gt, readings.at_s, readings.at_s[1:])):
        return "sensor readings that run backwards"
    if not (readings.at_s[0] >= 0 and readings.at_s[-1] < LONGEST_S):
        return f"a sensor reading at {readings.at_s[0]} or {readings.at_s[-1]} s"
    amounts = [readings.load_1m, readings.clock_hz, readings.power_w]
    if (beside := readings.accelerator) is not None:
        amounts += [beside.energy_j, beside.power_limit_w, beside.utilisation]
    if any(_outside(column, 0, MOST) is not None for column in amounts):
        return "a sensor reading below zero"
    if (wrong := _outside(readings.temperature_c, -273.15, 1e3)) is not None:
        return f"a temperature of {wrong} °C"
    return None


def _count(value: int) -> bool:
    return 0 <= value < MOST


RULES = (
    Rule("OBS-001", Severity.CRITICAL, "Every number is one that can be observed", _malformed),
)
