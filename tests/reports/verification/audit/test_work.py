"""Work that was never done."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, Samples, TickHistogram, WorkerTicks
from reports.performance.subject import Subject
from reports.verification.audit import audit


def more_launches(o: Measured) -> Measured:
    return replace(o, samples=Samples.of(replace(s, launches=2 * s.launches) for s in o.samples))


def larger_chunks(o: Measured) -> Measured:
    ticks = tuple(replace(w, ops_per_chunk=2 * w.ops_per_chunk) for w in o.ticks)
    return replace(o, ticks=ticks, ops_per_launch=2 * o.ops_per_launch)


def in_cycles(o: Measured, share: float, count: float) -> Measured:
    """Chunks that took a share of their core cycles, and a share of them."""

    def told(w: WorkerTicks) -> WorkerTicks:
        cycles = TickHistogram(
            tuple(int(ticks * share) for ticks in w.cycles.ticks),
            tuple(int(n * count) for n in w.cycles.counts),
        )
        return replace(w, cycles=cycles)

    return replace(o, ticks=tuple(map(told, o.ticks)))


def binned(o: Measured, **columns: Callable[[int], int]) -> Measured:
    """Columns that are no longer those of the histograms."""
    first, *rest = o.ticks
    changed = {
        name: tuple(change(value) for value in getattr(first, name))
        for name, change in columns.items()
    }
    return replace(o, ticks=(replace(first, **changed), *rest))


@pytest.mark.parametrize(
    ("metric", "outcome", "rules"),
    [
        pytest.param(
            "cpu.matrix.fp32",
            lambda o: replace(o, ops_per_launch=o.ops_per_launch + 1),
            {"WRK-011"},
            id="one operation more than 2MNK",
        ),
        pytest.param(
            "memory.triad",
            lambda o: replace(o, bytes_per_launch=o.bytes_per_launch * 4 // 3),
            {"WRK-011"},
            id="write-allocate counted",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: replace(o, ops_per_launch=2 * o.ops_per_launch),
            {"WRK-011", "WRK-012", "SPF-001"},
            id="twice the multiply-adds",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: in_cycles(o, 0.98, 1),
            {"WRK-013"},
            id="fewer cycles than chunks and probes give",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: in_cycles(o, 1, 0.5),
            {"WRK-013"},
            id="the slower half of the cycles left out",
        ),
        pytest.param(
            "cpu.vector.fp32", more_launches, {"WRK-012", "SPF-001"}, id="twice the launches"
        ),
        pytest.param(
            "cpu.vector.fp32",
            larger_chunks,
            {"WRK-011", "SPF-001"},
            id="twice the work of a chunk",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: replace(larger_chunks(o), executed={"vector": "512 bit", "chains": "12"}),
            {"WRK-011", "SPF-001"},
            id="registers that this processor does not have",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: replace(o, ticks=o.ticks[:1]),
            {"WRK-012"},
            id="counters of one worker of two",
        ),
        pytest.param(
            "memory.triad",
            lambda o: binned(o, chunks=lambda n: n // 2),
            {"WRK-014"},
            id="chunks of half of the samples",
        ),
        pytest.param(
            "memory.triad",
            lambda o: binned(o, spent_ticks=lambda n: n * 99 // 100),
            {"WRK-014"},
            id="ticks that the histograms do not have",
        ),
        pytest.param(
            "memory.triad",
            lambda o: binned(o, median_ticks=lambda n: n // 2),
            {"WRK-014"},
            id="a median of no chunk",
        ),
    ],
)
def test_work_that_is_not_that_of_the_shape_is_noticed(
    forge: Callable[..., Evidence],
    metric: str,
    outcome: Callable[[Measured], Measured],
    rules: set[str],
) -> None:
    assert {f.rule for f in audit(Subject(forge(metric, outcome=outcome)))} == rules


def test_the_finding_says_what_is_claimed(forge: Callable[..., Evidence]) -> None:
    found = audit(
        Subject(forge("cpu.matrix.fp32", outcome=lambda o: replace(o, ops_per_launch=10**10)))
    )

    assert found[0].because == (
        "10000000000 operations and 8388608 bytes a launch are not what gemm in fp32 over "
        "1024 × 1024 × 1024 does"
    )
