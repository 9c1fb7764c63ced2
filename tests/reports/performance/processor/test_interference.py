"""How far the sustained figures stay behind, and who is to blame."""

import pytest

from bench.analysis.tick_histogram import fold
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Disturbance, Measured, Samples, TickHistogram, WorkerTicks
from bench.testing.machine import simulated_evidence
from reports.performance.processor.interference import Blame, InterferenceSource, disturbances
from reports.performance.subject import Subject


def with_ticks(evidence: Evidence, ticks: list[int], disturbance: Disturbance) -> Evidence:
    """Every launch of 1e9 operations took 0.1 s; each worker's chunk is 1e6 operations."""

    def worker(count: int) -> WorkerTicks:
        work, none = fold(ticks * count), TickHistogram()
        return WorkerTicks(
            0, 10**6, work, 0, none, none, (len(ticks),) * count, (sum(ticks),) * count,
            (sorted(ticks)[len(ticks) // 2],) * count,
        )  # fmt: skip

    outcomes = tuple(
        replace(
            outcome,
            counter_hz=1e9,
            ticks=(worker(len(outcome.samples)),),
            samples=Samples.of(replace(s, disturbance=disturbance) for s in outcome.samples),
        )
        for outcome in evidence.outcomes
        if isinstance(outcome, Measured)
    )
    return replace(evidence, outcomes=outcomes)


def test_without_a_cycle_counter_nothing_is_said() -> None:
    found = disturbances(Subject(simulated_evidence()))

    assert [entry.sustained_share for entry in found] == [None, None]
    assert [entry.worth_telling for entry in found] == [False, False]


def test_a_figure_close_to_capability_needs_no_explanation() -> None:
    # 1e6 operations in 1e5 ticks of 1 ns: 1e10 a second, as sustained but for 1 % a repeat.
    first, _ = disturbances(Subject(with_ticks(simulated_evidence(), [100_000] * 9, Disturbance())))

    assert first.sustained_share == pytest.approx(0.99, abs=0.001)
    assert not first.worth_telling


def test_what_is_lost_is_told_with_the_cause_and_how_often() -> None:
    evidence = with_ticks(simulated_evidence(), [50_000] * 9, Disturbance(run_delay_s=0.05))

    first, _ = disturbances(Subject(evidence))

    assert first.sustained_share == pytest.approx(0.495, abs=0.001)
    assert first.blames == (Blame(InterferenceSource.PROCESSES, first.samples),)
    assert first.worth_telling


def test_several_speeds_are_each_shown_with_their_share() -> None:
    evidence = with_ticks(simulated_evidence(), [100_000] * 60 + [150_000] * 40, Disturbance())

    first, _ = disturbances(Subject(evidence))

    assert [round(speed.share, 2) for speed in first.speeds] == [0.6, 0.4]
    assert first.speeds[0].rate / first.speeds[1].rate == pytest.approx(1.5, rel=0.01)
    assert first.worth_telling
