"""What disturbed a sample, named."""

from bench.disturbed import causes
from bench.outcome import Disturbance, Measured, Sample, WorkerTicks
from bench.tally import tally

QUIET = Disturbance(0.0, 0.0, 0.0)


def sample(
    disturbance: Disturbance = QUIET,
    chunk_ticks: tuple[int, int] = (500, 500),
    distances: tuple[int | None, ...] = (200,),
) -> Sample:
    workers = tuple(
        WorkerTicks(cpu, 64_000, tally([ticks] * 9), 0, tally([]))
        for cpu, ticks in enumerate(chunk_ticks)
    )
    return Sample(0.0, 1.0, 1, disturbance, workers, distances)


def measured(*samples: Sample) -> Measured:
    return Measured("case", 0, 1, 0, samples, (), 0.0, 1.0, "time up", {}, 2e9)


def test_a_quiet_sample_has_no_cause() -> None:
    assert causes(measured(sample(), sample())) == ((), ())


def test_each_counter_names_its_cause_with_the_share_of_the_workers_time() -> None:
    found = causes(
        measured(
            sample(Disturbance(run_delay_s=0.2)),
            sample(Disturbance(steal_s=0.5)),
            sample(Disturbance(throttled_s=1.0)),
        )
    )

    assert found == (
        ("waited behind other processes for 10% of the time",),
        ("the hypervisor ran others for 25% of the time",),
        ("held back by the control group's quota for 50% of the time",),
    )


def test_less_than_a_hundredth_is_not_named() -> None:
    assert causes(measured(sample(Disturbance(run_delay_s=0.019)))) == ((),)


def test_a_slow_worker_with_nothing_else_to_blame_shares_its_core() -> None:
    found = causes(measured(sample(), sample(chunk_ticks=(500, 750))))

    assert found == ((), ("a busy sibling thread or a lower clock slowed CPU 1",))


def test_workers_that_answer_like_threads_of_one_core_are_named_so() -> None:
    found = causes(measured(sample(), sample(chunk_ticks=(1000, 1000), distances=(80,))))

    assert found == ((), ("two workers on one core slowed CPU 0, 1",))


def test_near_workers_at_full_speed_are_no_disturbance() -> None:
    assert causes(measured(sample(distances=(80,)))) == ((),)
