"""Storage results that no engine gives."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import MeasuredIO
from reports.performance.subject import Subject
from reports.verification.audit import audit
from storage_bench.job import Direction

RANDOM = "storage.randread.4k"
MIXED = "storage.mixed70.8k"


def reads(change: Callable[[Direction], Direction]) -> Callable[[MeasuredIO], MeasuredIO]:
    def changed(o: MeasuredIO) -> MeasuredIO:
        assert o.result.read is not None
        return replace(o, result=replace(o.result, read=change(o.result.read)))

    return changed


def tenfold(way: Direction) -> Direction:
    """Ten times the operations, every count to match, as slow as before."""
    assert way.latency is not None
    counts = tuple(10 * count for count in way.latency.counts)
    return Direction(10 * way.ios, 10 * way.io_bytes, replace(way.latency, counts=counts))


@pytest.mark.parametrize(
    ("metric", "outcome", "rules"),
    [
        pytest.param(
            RANDOM, reads(lambda w: replace(w, ios=w.ios + 100)), {"STO-011", "STO-014"}, id="ios"
        ),
        pytest.param(
            RANDOM, reads(lambda w: replace(w, io_bytes=2 * w.io_bytes)), {"STO-011"}, id="bytes"
        ),
        pytest.param(RANDOM, reads(lambda w: replace(w, latency=None)), {"STO-014"}, id="no p99"),
        pytest.param(RANDOM, reads(tenfold), {"STO-010"}, id="Little's law"),
        pytest.param(
            RANDOM,
            lambda o: replace(o, result=replace(o.result, duration_s=0.5)),
            {"STO-010", "STO-015"},
            id="half of the time",
        ),
        pytest.param(
            MIXED,
            lambda o: replace(o, result=replace(o.result, write=None)),
            {"STO-016"},
            id="reads only",
        ),
        pytest.param(
            MIXED,
            lambda o: replace(o, result=replace(o.result, engine="fio")),
            {"STO-017"},
            id="another engine",
        ),
    ],
)
def test_a_result_that_contradicts_itself_or_its_job_is_noticed(
    forge: Callable[..., Evidence],
    metric: str,
    outcome: Callable[[MeasuredIO], MeasuredIO],
    rules: set[str],
) -> None:
    assert {f.rule for f in audit(Subject(forge(metric, outcome=outcome)))} == rules


def test_a_job_through_the_page_cache_is_noticed(forge: Callable[..., Evidence]) -> None:
    forged = forge(RANDOM, case=lambda c: replace(c, job=replace(c.job, direct=False)))

    assert {f.rule for f in audit(Subject(forged))} == {"STO-001", "PLN-002"}
