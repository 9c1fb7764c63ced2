"""The loop around a launch."""

from bench.evidence.outcome import Disturbance, Sample, TickHistogram
from bench.evidence.stopping import Stopped, StoppingRule
from bench.execution.measure import measure
from bench.testing.scripted import ScriptedWatch, SimulatedLaunch
from kernels.kernel import Ticks, Work

STOPPING = StoppingRule(
    min_samples=3, min_time_s=0.3, max_time_s=1.0, max_relative_error=0.01, sample_time_s=0.1
)


def test_a_steady_launch_is_sampled_until_the_least_time_is_over() -> None:
    launch = SimulatedLaunch(Work(1, 1))

    observed = measure(launch, STOPPING, ScriptedWatch([0.05]))

    assert observed.stopped is Stopped.PRECISE
    assert [s.launches for s in observed.samples] == [2, 2, 2]
    assert [round(s.start_s, 9) for s in observed.samples] == [0.0, 0.1, 0.2]
    assert [round(s.duration_s, 9) for s in observed.samples] == [0.1, 0.1, 0.1]


def test_the_first_launch_is_run_and_not_counted() -> None:
    launch = SimulatedLaunch(Work(1, 1))

    observed = measure(launch, STOPPING, ScriptedWatch([0.1]))

    assert launch.runs == 2 + sum(s.launches for s in observed.samples)


def test_a_launch_longer_than_a_sample_is_one_sample() -> None:
    observed = measure(SimulatedLaunch(Work(1, 1)), STOPPING, ScriptedWatch([0.4]))

    assert {s.launches for s in observed.samples} == {1}


def test_noise_is_kept_and_time_ends_it() -> None:
    observed = measure(SimulatedLaunch(Work(1, 1)), STOPPING, ScriptedWatch([0.1, 0.3]))

    assert observed.stopped is Stopped.TIME_UP
    assert sum(s.duration_s for s in observed.samples) >= 1.0


def test_every_sample_is_told_at_once_and_carries_its_disturbance() -> None:
    told: list[Sample] = []
    watch = ScriptedWatch([0.1], disturbances=[Disturbance(steal_s=0.01)])

    observed = measure(SimulatedLaunch(Work(1, 1)), STOPPING, watch, told.append)

    assert tuple(told) == tuple(observed.samples)
    assert {s.disturbance.steal_s for s in told} == {0.01}


def test_ticks_of_all_launches_of_a_sample_are_folded_by_worker() -> None:
    ticks = tuple(
        Ticks(cpu, [100, 101], 50, probe=[7], cycles_per_probe=14, chunks_per_probe=2)
        for cpu in (0, 1)
    )
    launch = SimulatedLaunch(Work(1, 1), worker_ticks=ticks)

    observed = measure(launch, STOPPING, ScriptedWatch([0.05]))

    first, second = observed.ticks
    assert (first.cpu, second.cpu) == (0, 1)
    # Two launches in each of three samples, each with two chunks and a probe.
    assert len(observed.samples) == 3
    assert second.work.counts == (6, 6)
    assert second.probe.counts == (6,)
    # Only the chunk that the probe followed: 100 ticks at two cycles a tick.
    assert second.cycles == TickHistogram((200,), (6,))
    assert second.chunks == (4, 4, 4)
    assert second.spent_ticks == (2 * (100 + 101 + 7),) * 3
    assert second.median_ticks == (100,) * 3
    assert round(observed.counter_hz or 0) == 10**9


def test_a_rejected_sample_is_in_the_columns_and_not_in_the_histograms() -> None:
    class Objects(ScriptedWatch):
        """Objects to the second sample."""

        asked = 0

        def objection(self) -> str | None:
            self.asked += 1
            return "clocks" if self.asked == 3 else None

    launch = SimulatedLaunch(
        Work(1, 1), worker_ticks=(Ticks(0, [100], 50, probe=[], cycles_per_probe=0),)
    )

    observed = measure(launch, STOPPING, Objects([0.1]))

    assert observed.samples.rejected == (None, "clocks", None)
    assert observed.ticks[0].chunks == (1, 1, 1)
    assert observed.ticks[0].work == TickHistogram((100,), (2,))


def test_a_probe_that_was_interrupted_while_it_took_its_own_cost_off_tells_nothing() -> None:
    ticks = (Ticks(0, [100, 100, 100], 50, probe=[7, 0, -900], cycles_per_probe=14),)
    launch = SimulatedLaunch(Work(1, 1), worker_ticks=ticks)

    (worker,) = measure(launch, STOPPING, ScriptedWatch([0.1])).ticks
    assert worker.work == TickHistogram((100,), (9,))
    assert worker.probe == TickHistogram((7,), (3,))
    assert worker.cycles == TickHistogram((200,), (3,))


def test_ticks_of_several_working_sets_are_folded_by_set_and_worker() -> None:
    ticks = tuple(
        Ticks(cpu, [100 * size], 50, probe=[], cycles_per_probe=0, set_bytes=size)
        for size in (1, 2)
        for cpu in (0, 1)
    )
    launch = SimulatedLaunch(Work(1, 1), worker_ticks=ticks)

    found = measure(launch, STOPPING, ScriptedWatch([0.05])).ticks

    assert [(worker.set_bytes, worker.cpu) for worker in found] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert [worker.work.ticks for worker in found] == [(100,), (100,), (200,), (200,)]
    assert [worker.work.counts for worker in found] == [(6,)] * 4


def test_sensors_are_read_at_the_start_and_then_no_faster_than_ten_times_a_second() -> None:
    stopping = StoppingRule(3, 1.0, 2.0, 0.01, sample_time_s=0.0625)

    observed = measure(SimulatedLaunch(Work(1, 1)), stopping, ScriptedWatch([0.0625]))

    assert [reading.at_s for reading in observed.readings] == [i / 8 for i in range(9)]


def test_the_counters_rate_does_not_hang_on_what_its_first_reading_costs() -> None:
    class LoadsAtFirst(ScriptedWatch):
        """A counter whose code is read from the disk when it is first asked for."""

        readings = 0

        def counter(self) -> int | None:
            self._now_s += 0.0 if self.readings else 0.025
            self.readings += 1
            return super().counter()

    ticks = (Ticks(0, work=[100], ops_per_chunk=50, probe=[7], cycles_per_probe=7),)
    launch = SimulatedLaunch(Work(1, 1), worker_ticks=ticks)

    observed = measure(launch, STOPPING, LoadsAtFirst([0.05]))

    assert observed.counter_hz is not None
    assert abs(observed.counter_hz / 1e9 - 1) < 1e-6
