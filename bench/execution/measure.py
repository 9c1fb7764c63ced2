"""The loop around a launch: warm up, take samples until enough is known, check the result.

Every effect is an argument: the world is a `Watch`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.analysis.tick_histogram import tally
from bench.evidence.outcome import Reading, Sample, SetTicks, WorkerTicks
from bench.evidence.stopping import Stopped, StoppingRule
from bench.execution.sensor_log import InlineSensorLog, SensorLog, ThreadedSensorLog
from bench.machine.devices.backend import Watch
from kernels.kernel import Launch, Ticks


@dataclass(frozen=True, slots=True)
class Observed:
    """Samples and readings of one launch, and why it ended."""

    samples: tuple[Sample, ...]
    readings: tuple[Reading, ...]
    stopped: Stopped
    counter_hz: float | None
    """Rate of the cycle counter over the whole measurement; None for a launch without ticks."""
    began_at_s: float
    """When it began, on the clock of the watch."""


def measure(
    launch: Launch,
    stopping: StoppingRule,
    watch: Watch,
    on_sample: Callable[[Sample], None] = lambda sample: None,
) -> Observed:
    """Take samples of equal numbers of launches until `stopping` is content.

    The first launch compiles, faults pages in and raises the clock: it is run and not counted.
    """
    launch.run()
    once_s = watch.time_s(launch.run, 1)
    launches = max(1, round(stopping.sample_time_s / once_s)) if once_s > 0 else 1
    counted = bool(launch.ticks())
    if counted:
        watch.counter()  # loads its code, which must not pass between the two clocks' readings
    watch.disturbance()  # what happened so far is not the first sample's
    watch.objection()
    began_s = watch.now_s()
    began_ticks = watch.counter() if counted else None
    recorder = _recorder(watch, began_s)
    samples: list[Sample] = []
    stopped: Stopped | None = None
    ended_s = 0.0
    try:
        while stopped is None:
            sample = _sample(launch, launches, watch, began_s)
            samples.append(sample)
            on_sample(sample)
            ended_s = sample.start_s + sample.duration_s
            recorder.sampled(ended_s)
            stopped = stopping.decide([s.duration_s for s in samples])
    finally:
        readings = recorder.stop(ended_s)
    counter_hz = None
    if began_ticks is not None and (now_ticks := watch.counter()) is not None:
        counter_hz = (now_ticks - began_ticks) / (watch.now_s() - began_s)
    return Observed(tuple(samples), readings, stopped, counter_hz, began_s)


def _recorder(watch: Watch, began_s: float) -> SensorLog:
    way = ThreadedSensorLog if watch.reads_beside_load else InlineSensorLog
    return way(watch.read, lambda: watch.now_s() - began_s)


def _sample(launch: Launch, launches: int, watch: Watch, began_s: float) -> Sample:
    start_s = watch.now_s() - began_s
    ticks: list[tuple[Ticks, ...]] = []
    if not launch.ticks():
        duration_s = watch.time_s(launch.run, launches)
    else:
        # Ticks describe the last launch only, so they are taken after each; that is not timed.
        duration_s = 0.0
        for _ in range(launches):
            duration_s += watch.time_s(launch.run, 1)
            ticks.append(launch.ticks())
    disturbance = watch.disturbance()
    distances = watch.distances() if ticks else ()
    watch.disturbance()  # what the probe of distances cost is not the next sample's
    by_set = _fold(ticks)
    return Sample(
        start_s=start_s,
        duration_s=duration_s,
        launches=launches,
        disturbance=disturbance,
        workers=by_set.pop(None, ()),
        distances=distances,
        rejected=watch.objection(),
        sets=tuple(SetTicks(size, by_set[size]) for size in by_set if size is not None),
    )


def _cycles(run: Ticks) -> list[int]:
    """Core cycles of each chunk that has a probe beside it.

    A probe of no ticks or fewer was interrupted while it took its own cost off: it tells nothing.
    """
    probed = zip(run.work[:: run.chunks_per_probe], run.probe, strict=True) if run.probe else ()
    return [round(work * run.cycles_per_probe / probe) for work, probe in probed if probe > 0]


def _fold(runs: list[tuple[Ticks, ...]]) -> dict[int | None, tuple[WorkerTicks, ...]]:
    """The ticks of several launches as one histogram a worker, by working set."""
    folded: dict[int | None, tuple[WorkerTicks, ...]] = {}
    for worker in zip(*runs, strict=True):
        seen = WorkerTicks(
            cpu=worker[0].cpu,
            ops_per_chunk=worker[0].ops_per_chunk,
            work=tally(value for run in worker for value in run.work),
            cycles_per_probe=worker[0].cycles_per_probe,
            probe=tally(value for run in worker for value in run.probe if value > 0),
            cycles=tally(value for run in worker for value in _cycles(run)),
        )
        folded[worker[0].set_bytes] = (*folded.get(worker[0].set_bytes, ()), seen)
    return folded
