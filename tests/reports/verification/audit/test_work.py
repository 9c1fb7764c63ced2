"""Work that was never done."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.evidence import Evidence
from bench.evidence.outcome import Measured, TickHistogram
from reports.verification.audit import audit


def more_launches(o: Measured) -> Measured:
    return replace(o, samples=tuple(replace(s, launches=2 * s.launches) for s in o.samples))


def larger_chunks(o: Measured) -> Measured:
    def larger(workers):  # type: ignore[no-untyped-def]
        return tuple(replace(w, ops_per_chunk=2 * w.ops_per_chunk) for w in workers)

    samples = tuple(replace(s, workers=larger(s.workers)) for s in o.samples)
    return replace(o, samples=samples, ops_per_launch=2 * o.ops_per_launch)


def in_cycles(o: Measured, share: float, count: float) -> Measured:
    """Chunks that took a share of their core cycles, and a share of them."""

    def told(workers):  # type: ignore[no-untyped-def]
        return tuple(
            replace(
                w,
                cycles=TickHistogram(
                    tuple(int(ticks * share) for ticks in w.cycles.ticks),
                    tuple(int(n * count) for n in w.cycles.counts),
                ),
            )
            for w in workers
        )

    return replace(o, samples=tuple(replace(s, workers=told(s.workers)) for s in o.samples))


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
            lambda o: replace(
                o,
                samples=tuple(replace(s, workers=s.workers[:1]) for s in o.samples),
            ),
            {"WRK-012"},
            id="counters of one worker of two",
        ),
    ],
)
def test_work_that_is_not_that_of_the_shape_is_noticed(
    forge: Callable[..., Evidence],
    metric: str,
    outcome: Callable[[Measured], Measured],
    rules: set[str],
) -> None:
    assert {f.rule for f in audit(forge(metric, outcome=outcome))} == rules


def test_the_finding_says_what_is_claimed(forge: Callable[..., Evidence]) -> None:
    found = audit(forge("cpu.matrix.fp32", outcome=lambda o: replace(o, ops_per_launch=10**10)))

    assert found[0].because == (
        "10000000000 operations and 8388608 bytes a launch are not what gemm in fp32 over "
        "1024 × 1024 × 1024 does"
    )
