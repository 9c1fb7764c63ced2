"""What disturbed a sample, named."""

import pytest

from bench.analysis.tick_histogram import fold
from bench.evidence.outcome import (
    Disturbance,
    Measured,
    Readings,
    Sample,
    Samples,
    TickHistogram,
    WorkerTicks,
)
from reports.performance.processor.interference import (
    Cause,
    InterferenceSource,
    interference_causes,
)

QUIET = Disturbance(0.0, 0.0, 0.0)


Taken = tuple[Sample, tuple[int, int]]
"""A sample, and the median chunk of each of two workers in it."""


def sample(
    disturbance: Disturbance = QUIET,
    chunk_ticks: tuple[int, int] = (500, 500),
    distances: tuple[int | None, ...] = (200,),
) -> Taken:
    return Sample(0.0, 1.0, 1, disturbance, distances), chunk_ticks


def measured(*taken: Taken, sizes: tuple[int | None, ...] = (None,)) -> Measured:
    none = TickHistogram()
    ticks = tuple(
        WorkerTicks(
            cpu, 64_000, fold([500] * 9), 0, none, none, (9,) * len(taken),
            tuple(9 * chunk[cpu] for _, chunk in taken), tuple(chunk[cpu] for _, chunk in taken),
            size,
        )
        for size in sizes
        for cpu in (0, 1)
    )  # fmt: skip
    samples = Samples.of(each for each, _ in taken)
    return Measured("case", 0, 1, 0, samples, Readings(), 0.0, 1.0, "time up", {}, ticks, 2e9)


def test_a_quiet_sample_has_no_cause() -> None:
    assert interference_causes(measured(sample(), sample())) == ((), ())


def test_each_counter_names_its_cause_with_the_share_of_the_workers_time() -> None:
    found = interference_causes(
        measured(
            sample(Disturbance(run_delay_s=0.2)),
            sample(Disturbance(steal_s=0.5)),
            sample(Disturbance(throttled_s=1.0)),
        )
    )

    assert found == (
        (Cause(InterferenceSource.PROCESSES, 0.1),),
        (Cause(InterferenceSource.HYPERVISOR, 0.25),),
        (Cause(InterferenceSource.QUOTA, 0.5),),
    )


@pytest.mark.parametrize("waited_s", [0.75, 1.0, 1.01])
def test_waiting_that_the_quota_explains_is_blamed_on_nobody_else(waited_s: float) -> None:
    found = interference_causes(
        measured(sample(Disturbance(run_delay_s=waited_s, throttled_s=1.0)))
    )

    assert found == ((Cause(InterferenceSource.QUOTA, 0.5),),)


def test_what_remains_of_the_waiting_belongs_to_other_processes() -> None:
    found = interference_causes(measured(sample(Disturbance(run_delay_s=1.5, throttled_s=1.0))))

    assert found == (
        (Cause(InterferenceSource.PROCESSES, 0.25), Cause(InterferenceSource.QUOTA, 0.5)),
    )


def test_less_than_a_hundredth_is_not_named() -> None:
    assert interference_causes(measured(sample(Disturbance(run_delay_s=0.019)))) == ((),)


def test_a_slow_worker_with_nothing_else_to_blame_shares_its_core() -> None:
    found = interference_causes(measured(sample(), sample(chunk_ticks=(500, 750))))

    assert found == ((), (Cause(InterferenceSource.SLOW, None, (1,)),))


def test_workers_that_answer_like_threads_of_one_core_are_named_so() -> None:
    found = interference_causes(
        measured(sample(), sample(chunk_ticks=(1000, 1000), distances=(80,)))
    )

    assert found == ((), (Cause(InterferenceSource.ONE_CORE, None, (0, 1)),))


def test_near_workers_at_full_speed_are_no_disturbance() -> None:
    assert interference_causes(measured(sample(distances=(80,)))) == ((),)


def test_working_sets_share_the_time_of_as_many_workers_and_none_is_slow_for_being_larger() -> None:
    walked = measured(
        sample(Disturbance(run_delay_s=0.2)), sample(chunk_ticks=(9000, 9000)), sizes=(4096, 8192)
    )

    assert interference_causes(walked) == ((Cause(InterferenceSource.PROCESSES, 0.1),), ())
