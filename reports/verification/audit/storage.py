"""Rules on storage: results against the job; counts, times and latencies against each other."""

import math
from collections.abc import Iterator
from operator import mul

from bench.evidence.plan import StorageCase
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import storage
from storage_bench.job import Direction, Job, JobResult

LITTLE = 0.1
"""Operations in flight may exceed the depth by this share: latencies are binned."""
SHORTER = 0.99
"""An engine's clock has a millisecond; the shortest job lasts a second."""
LONGER_S = 5.0
LONGER = 1.1
SIGMAS = 6.0


def _whole_blocks(subject: Subject) -> Iterator[Objection]:
    for load in storage(subject):
        job = load.job
        for name, way in _ways(load.result):
            slack_bytes = 2 * _in_flight(job) * job.block_bytes
            if abs(way.io_bytes - way.ios * job.block_bytes) > slack_bytes:
                yield (
                    load.where,
                    f"{way.ios} {name} of {job.block_bytes} bytes are not {way.io_bytes} bytes",
                )


def _counted_once(subject: Subject) -> Iterator[Objection]:
    for load in storage(subject):
        for name, way in _ways(load.result):
            if way.latency is None:
                if way.ios:
                    yield load.where, f"{name} without latencies: every engine keeps them"
            elif abs(sum(way.latency.counts) - way.ios) > 2 * _in_flight(load.job):
                counted = sum(way.latency.counts)
                yield load.where, f"{way.ios} {name}, and latencies of {counted}"


def _littles_law(subject: Subject) -> Iterator[Objection]:
    """Operations in flight = rate x mean latency (Little, Operations Research 9(3), 1961)."""
    for load in storage(subject):
        latencies = [way.latency for _, way in _ways(load.result) if way.latency is not None]
        spent_s = sum(sum(map(mul, each.bins_ns, each.counts)) for each in latencies) / 1e9
        duration_s, depth = load.result.duration_s, _in_flight(load.job)
        # What ended in the measured time may have begun before it, by its latency at the most.
        ahead = max((each.max_ns for each in latencies), default=0) / 1e9 / duration_s
        found = spent_s / duration_s
        if load.job.rate_iops is None and found > (1 + LITTLE + ahead) * depth:
            yield (
                load.where,
                f"rate times latency is {found:.1f} operations in flight; the job has {depth}",
            )


def _as_long_as_asked(subject: Subject) -> Iterator[Objection]:
    for load in storage(subject):
        asked_s, found_s = load.job.duration_s, load.result.duration_s
        if not SHORTER * asked_s <= found_s <= LONGER * asked_s + LONGER_S:
            yield load.where, f"it lasted {found_s:g} s; {asked_s:g} s are planned"


def _as_mixed_as_asked(subject: Subject) -> Iterator[Objection]:
    for load in storage(subject):
        if load.job.rate_iops is not None and load.engine == "fio":
            continue  # fio holds each direction to a rate of its own, and one may fall behind
        share, result = load.job.read_share, load.result
        reads = result.read.ios if result.read is not None else 0
        total = result.ios
        # Each operation is drawn, so that their share varies as a binomial one does.
        slack = SIGMAS * math.sqrt(total * share * (1 - share)) + 2 * _in_flight(load.job)
        if abs(reads - share * total) > (slack if 0 < share < 1 else 0):
            yield load.where, f"{reads / total:.1%} of it reads; {share:.0%} are planned"


def _as_engine_asked(subject: Subject) -> Iterator[Objection]:
    for load in storage(subject):
        if load.result.engine != load.engine:
            yield load.where, f"measured by {load.result.engine}, planned is {load.engine}"


def _past_the_cache(subject: Subject) -> Iterator[Objection]:
    for case in subject.evidence.plan.cases:
        if isinstance(case, StorageCase) and not case.job.direct:
            yield "plan.json", f"{case.metric} goes through the page cache of this machine"


def _ways(result: JobResult) -> Iterator[tuple[str, Direction]]:
    for name, way in (("reads", result.read), ("writes", result.write)):
        if way is not None:
            yield name, way


def _in_flight(job: Job) -> int:
    return job.depth * job.threads


RULES = (
    Rule("STO-001", Severity.CRITICAL, "Past the page cache", _past_the_cache),
    Rule("STO-010", Severity.CRITICAL, "Little's law holds", _littles_law),
    Rule("STO-011", Severity.CRITICAL, "Bytes are operations times block", _whole_blocks),
    Rule("STO-014", Severity.CRITICAL, "Every operation has one latency", _counted_once),
    Rule("STO-015", Severity.CRITICAL, "A job lasts as long as planned", _as_long_as_asked),
    Rule("STO-016", Severity.CRITICAL, "Reads and writes are mixed as planned", _as_mixed_as_asked),
    Rule("STO-017", Severity.CRITICAL, "The planned engine measured it", _as_engine_asked),
)
