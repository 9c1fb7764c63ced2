"""Outcomes to estimates."""

import random

import pytest

from bench.analysis.estimates import estimate
from bench.analysis.order_statistics import interval
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import (
    Failed,
    Measured,
    Readings,
    Reason,
    Sample,
    Samples,
    TickHistogram,
    WorkerTicks,
)
from bench.evidence.plan import Plan


@pytest.mark.parametrize(
    ("n", "confidence", "low", "high"),
    [
        (2, 0.5, 1, 2),
        (3, 0.75, 1, 3),
        (6, 0.96875, 1, 6),
        (9, 0.9609375, 2, 8),
        (17, 0.951, 5, 13),
    ],
)
def test_the_interval_is_as_narrow_as_95_percent_allows_and_says_what_it_covers(
    n: int, confidence: float, low: float, high: float
) -> None:
    found = interval([float(i) for i in range(1, n + 1)])

    assert found is not None
    assert (found.low, found.high, found.n) == (low, high, n)
    assert found.confidence == pytest.approx(confidence, abs=1e-3)


def test_one_process_gives_no_interval_and_so_no_estimate() -> None:
    assert interval([1.0]) is None


def test_a_thousand_processes_do_not_overflow() -> None:
    found = interval([float(i) for i in range(1500)])

    assert found is not None
    assert 0.95 <= found.confidence < 0.96


def test_the_stated_confidence_is_the_coverage_over_many_draws() -> None:
    generator = random.Random(20250701)
    found = [interval([generator.lognormvariate(0, 1) for _ in range(6)]) for _ in range(4000)]

    covered = sum(e.low <= 1 <= e.high for e in found if e is not None) / 4000

    assert covered == pytest.approx(0.96875, abs=0.01)


def test_a_rate_is_work_over_wall_time(evidence: Evidence) -> None:
    rates = {e.name: e.value for e in evidence.estimates}

    assert rates == {
        "cpu.vector.fp32": pytest.approx(1e9 / 0.101),
        "memory.triad": pytest.approx(2e9 / 0.202),
    }


def test_slower_samples_lower_the_figure_and_the_order_of_samples_does_not_matter(
    evidence: Evidence,
) -> None:
    def slow(outcome: Measured) -> Measured:
        first, *rest = outcome.samples
        return replace(outcome, samples=Samples.of((*rest, replace(first, duration_s=10.0))))

    measured = [o for o in evidence.outcomes if isinstance(o, Measured)]
    slower = estimate(evidence.plan, [slow(o) for o in measured])
    reversed_ = estimate(
        evidence.plan, [replace(o, samples=Samples.of(reversed(list(o.samples)))) for o in measured]
    )

    assert slower[0].value < evidence.estimates[0].value / 10
    assert reversed_ == evidence.estimates


def test_a_rejected_sample_does_not_count(evidence: Evidence) -> None:
    measured = [o for o in evidence.outcomes if isinstance(o, Measured)]
    marked = [
        replace(
            o,
            samples=Samples.of(
                (*o.samples, replace(o.samples[0], launches=99, rejected="spoiled"))
            ),
        )
        for o in measured
    ]

    assert estimate(evidence.plan, marked) == evidence.estimates


def test_a_wrong_result_has_no_speed(evidence: Evidence) -> None:
    measured = [o for o in evidence.outcomes if isinstance(o, Measured)]

    assert estimate(evidence.plan, [replace(o, error=1.0) for o in measured]) == ()
    assert estimate(evidence.plan, [replace(o, error=float("nan")) for o in measured]) == ()


def test_failed_repeats_lower_the_confidence(evidence: Evidence) -> None:
    first, *rest = evidence.outcomes
    found = estimate(
        evidence.plan, [Failed(first.case_id, first.repeat, Reason("test", "crashed")), *rest]
    )

    assert [e.n for e in found] == [2, 3]
    assert found[0].confidence == 0.5


def test_of_several_ways_the_best_carries_the_metric_and_each_keeps_its_own(plan: Plan) -> None:
    case = plan.cases[0]
    other = replace(case, implementation="other")
    both = replace(plan, cases=(case, other))
    outcomes = [
        Measured(c.id, repeat, ops, 0, Samples.of((sample(),)), Readings(), 0.0, 1.0, "time up", {})
        for c, ops in ((case, 100), (other, 300))
        for repeat in range(3)
    ]

    rates = {e.name: e.value for e in estimate(both, outcomes)}

    assert rates == {
        "cpu.vector.fp32": 300.0,
        "cpu.vector.fp32.script": 100.0,
        "cpu.vector.fp32.other": 300.0,
    }


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        # 1000 a chunk of 500 ticks at 1 GHz, 10 % more ticks in the second process.
        (
            "load/s",
            {
                "cpu.vector.fp32.4KiB": (0.525e-9, "s"),
                "cpu.vector.fp32.4KiB.cycles": (0.525, "cycle"),
                "cpu.vector.fp32.1MiB": (1.05e-9, "s"),
                "cpu.vector.fp32.1MiB.cycles": (1.05, "cycle"),
            },
        ),
        (
            "B/s",
            {
                "cpu.vector.fp32.4KiB": ((2e9 + 2e9 / 1.1) / 2, "B/s"),
                "cpu.vector.fp32.1MiB": ((1e9 + 1e9 / 1.1) / 2, "B/s"),
            },
        ),
    ],
)
def test_each_working_set_has_its_own_figure_and_all_together_have_none(
    evidence: Evidence, unit: str, expected: dict[str, tuple[float, str]]
) -> None:
    case = replace(evidence.plan.cases[0], unit=unit, repeats=2)
    plan = replace(evidence.plan, cases=(case,))
    template = next(o for o in evidence.outcomes if isinstance(o, Measured))
    outcomes = [
        replace(
            template,
            case_id=case.id,
            repeat=repeat,
            counter_hz=1e9,
            samples=Samples.of((sample(),)),
            ticks=walked(500 + 50 * repeat),
        )
        for repeat in range(2)
    ]
    found = {e.name: (e.value, e.unit) for e in estimate(plan, outcomes)}

    assert found.keys() == expected.keys()
    assert {m: unit for m, (_, unit) in found.items()} == {m: u for m, (_, u) in expected.items()}
    assert {m: value for m, (value, _) in found.items()} == pytest.approx(
        {m: value for m, (value, _) in expected.items()}
    )


def walked(ticks: int) -> tuple[WorkerTicks, ...]:
    return tuple(
        WorkerTicks(0, 1000, chunks, 10, TickHistogram((10,), (9,)), chunks, (9,), (9,), (9,), size)
        for size, chunks in (
            (4096, TickHistogram((ticks,), (9,))),
            (1 << 20, TickHistogram((2 * ticks,), (9,))),
        )
    )


def sample() -> Sample:
    return Sample(0.0, 1.0, 1)
