"""Clocks that contradict each other."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, TickHistogram, WorkerTicks
from reports.performance.subject import Subject
from reports.verification.audit import audit

Change = Callable[[Measured], Measured]


def workers(change: Callable[[WorkerTicks], WorkerTicks]) -> Change:
    return lambda o: replace(o, ticks=tuple(map(change, o.ticks)))


def times(factor: float) -> Change:
    """All ticks of every chunk and probe, so that operations per cycle stay as they were."""

    def scaled(tally: TickHistogram) -> TickHistogram:
        return replace(tally, ticks=tuple(int(t * factor) for t in tally.ticks))

    return workers(
        lambda w: replace(
            w,
            work=scaled(w.work),
            probe=scaled(w.probe),
            spent_ticks=tuple(int(t * factor) for t in w.spent_ticks),
            median_ticks=tuple(int(t * factor) for t in w.median_ticks if t is not None),
        )
    )


def set_back(w: WorkerTicks) -> WorkerTicks:
    """One chunk of the first bin is read as if the counter had been set back."""
    counts = (1, w.work.counts[0] - 1, *w.work.counts[1:])
    return replace(w, work=TickHistogram((-5, *w.work.ticks), counts))


@pytest.mark.parametrize(
    ("metric", "outcome", "rules"),
    [
        pytest.param(
            "cpu.vector.fp32", times(2), {"TIM-009", "SPF-001"}, id="more ticks than there was time"
        ),
        pytest.param(
            "cpu.vector.fp32", times(0.25), {"TIM-007", "TIM-009"}, id="a fourth of the ticks"
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda o: replace(o, counter_hz=1.2 * o.counter_hz),
            {"TIM-008"},
            id="another counter",
        ),
        pytest.param(
            "cpu.vector.fp32",
            workers(set_back),
            {"TIM-010"},
            id="a counter that was set back",
        ),
        pytest.param(
            "cpu.matrix.fp32",
            lambda o: replace(o, began_at_s=o.began_at_s - 2),
            {"TIM-005"},
            id="at the same time as another",
        ),
        pytest.param(
            "cpu.matrix.fp32",
            lambda o: replace(o, began_at_s=None),
            {"TIM-005"},
            id="nobody knows when",
        ),
        pytest.param(
            "memory.triad",
            lambda o: replace(o, began_at_s=o.began_at_s + 100),
            {"TIM-003"},
            id="after the end of the run",
        ),
    ],
)
def test_clocks_that_contradict_each_other_are_noticed(
    forge: Callable[..., Evidence], metric: str, outcome: Change, rules: set[str]
) -> None:
    repeat = 0 if metric == "memory.triad" else None

    assert {f.rule for f in audit(Subject(forge(metric, repeat=repeat, outcome=outcome)))} == rules


@pytest.mark.parametrize(
    ("started_at", "finished_at"),
    [
        ("2025-07-01T08:00:30+00:00", "2025-07-01T08:00:00+00:00"),
        ("2025-07-01T08:00:00+00:00", "2025-07-01T08:00:10+00:00"),
        ("yesterday", "2025-07-01T08:00:10+00:00"),
        ("2025-07-01T08:00:00", "2025-07-01T08:00:30+00:00"),
    ],
)
def test_a_run_that_is_too_short_for_what_it_holds_is_noticed(
    forge: Callable[..., Evidence], started_at: str, finished_at: str
) -> None:
    found = audit(Subject(forge(started_at=started_at, finished_at=finished_at)))

    assert [(f.rule, f.where) for f in found] == [("TIM-003", "run.json")]
