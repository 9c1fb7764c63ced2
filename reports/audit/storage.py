"""Storage results against the job, and their counts, times and latencies against each other."""

import math
from collections.abc import Iterator

from bench.evidence import Evidence
from bench.outcome import MeasuredIO
from bench.plan import StorageCase
from reports.audit.finding import Objection, Rule, Severity, place, storage
from storage_bench.job import Direction, Job

LITTLE = 0.1
"""Operations in flight may exceed the depth by this share: latencies are binned."""
SHORTER = 0.99
"""An engine's clock has a millisecond; the shortest job lasts a second."""
LONGER_S = 5.0
LONGER = 1.1
SIGMAS = 6.0


def _whole_blocks(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in storage(evidence):
        job = case.job
        for name, way in _ways(outcome):
            slack_bytes = 2 * _in_flight(job) * job.block_bytes
            if abs(way.io_bytes - way.ios * job.block_bytes) > slack_bytes:
                yield (
                    place(outcome),
                    f"{way.ios} {name} of {job.block_bytes} bytes are not {way.io_bytes} bytes",
                )


def _counted_once(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in storage(evidence):
        for name, way in _ways(outcome):
            if way.latency is None:
                if way.ios:
                    yield place(outcome), f"{name} without latencies: every engine keeps them"
            elif abs(sum(way.latency.counts) - way.ios) > 2 * _in_flight(case.job):
                counted = sum(way.latency.counts)
                yield place(outcome), f"{way.ios} {name}, and latencies of {counted}"


def _littles_law(evidence: Evidence) -> Iterator[Objection]:
    """Operations in flight = rate x mean latency (Little, Operations Research 9(3), 1961)."""
    for case, outcome in storage(evidence):
        latencies = [way.latency for _, way in _ways(outcome) if way.latency is not None]
        spent_s = sum(
            bin_ns * count / 1e9
            for latency in latencies
            for bin_ns, count in zip(latency.bins_ns, latency.counts, strict=True)
        )
        duration_s, depth = outcome.result.duration_s, _in_flight(case.job)
        # What ended in the measured time may have begun before it, by its latency at the most.
        ahead = max((each.max_ns for each in latencies), default=0) / 1e9 / duration_s
        found = spent_s / duration_s
        if case.job.rate_iops is None and found > (1 + LITTLE + ahead) * depth:
            yield (
                place(outcome),
                f"rate times latency is {found:.1f} operations in flight; the job has {depth}",
            )


def _as_long_as_asked(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in storage(evidence):
        asked_s, found_s = case.job.duration_s, outcome.result.duration_s
        if not SHORTER * asked_s <= found_s <= LONGER * asked_s + LONGER_S:
            yield place(outcome), f"it lasted {found_s:g} s; {asked_s:g} s are planned"


def _as_mixed_as_asked(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in storage(evidence):
        share, result = case.job.read_share, outcome.result
        reads = result.read.ios if result.read is not None else 0
        total = result.ios
        # Each operation is drawn, so that their share varies as a binomial one does.
        slack = SIGMAS * math.sqrt(total * share * (1 - share)) + 2 * _in_flight(case.job)
        if abs(reads - share * total) > (slack if 0 < share < 1 else 0):
            yield place(outcome), f"{reads / total:.1%} of it reads; {share:.0%} are planned"


def _as_engine_asked(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in storage(evidence):
        if outcome.result.engine != case.engine:
            yield place(outcome), f"measured by {outcome.result.engine}, planned is {case.engine}"


def _past_the_cache(evidence: Evidence) -> Iterator[Objection]:
    for case in evidence.plan.cases:
        if isinstance(case, StorageCase) and not case.job.direct:
            yield "plan.json", f"{case.metric} goes through the page cache of this machine"


def _ways(outcome: MeasuredIO) -> Iterator[tuple[str, Direction]]:
    for name, way in (("reads", outcome.result.read), ("writes", outcome.result.write)):
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
