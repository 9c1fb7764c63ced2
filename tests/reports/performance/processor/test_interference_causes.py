"""What disturbed a sample, named."""

from dataclasses import replace

from bench.analysis.tick_histogram import tally
from bench.evidence.outcome import Disturbance, Measured, Sample, SetTicks, WorkerTicks
from reports.performance.processor.interference import (
    Cause,
    InterferenceSource,
    interference_causes,
)

QUIET = Disturbance(0.0, 0.0, 0.0)


def sample(
    disturbance: Disturbance = QUIET,
    chunk_ticks: tuple[int, int] = (500, 500),
    distances: tuple[int | None, ...] = (200,),
) -> Sample:
    workers = tuple(
        WorkerTicks(cpu, 64_000, tally([ticks] * 9), 0, tally([]), tally([]))
        for cpu, ticks in enumerate(chunk_ticks)
    )
    return Sample(0.0, 1.0, 1, disturbance, workers, distances)


def measured(*samples: Sample) -> Measured:
    return Measured("case", 0, 1, 0, samples, (), 0.0, 1.0, "time up", {}, 2e9)


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
    one = sample(Disturbance(run_delay_s=0.2))
    sets = tuple(SetTicks(size, one.workers) for size in (4096, 8192))
    walked = replace(one, workers=(), sets=sets)

    assert interference_causes(measured(walked)) == ((Cause(InterferenceSource.PROCESSES, 0.1),),)
