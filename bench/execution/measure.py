"""The loop around a launch: warm up, take samples until enough is known, check the result.

Every effect is an argument: the world is a `Watch`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.analysis.speed_modes import thinned
from bench.analysis.tick_histogram import fold, merge
from bench.evidence.outcome import Readings, Sample, Samples, TickHistogram, WorkerTicks
from bench.evidence.stopping import Stopped, StoppingRule
from bench.execution.sensor_log import InlineSensorLog, SensorLog, ThreadedSensorLog
from bench.machine.devices.backend import Watch
from kernels.kernel import Launch, Ticks


@dataclass(frozen=True, slots=True)
class Observed:
    """Samples and readings of one launch, and why it ended."""

    samples: Samples
    ticks: tuple[WorkerTicks, ...]
    readings: Readings
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
    log = _TickLog()
    stopped: Stopped | None = None
    ended_s = 0.0
    try:
        while stopped is None:
            sample = _sample(launch, launches, watch, began_s, log)
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
    return Observed(
        Samples.of(samples), log.workers(), Readings.of(readings), stopped, counter_hz, began_s
    )


def _recorder(watch: Watch, began_s: float) -> SensorLog:
    way = ThreadedSensorLog if watch.reads_beside_load else InlineSensorLog
    return way(watch.read, lambda: watch.now_s() - began_s)


def _sample(launch: Launch, launches: int, watch: Watch, began_s: float, log: "_TickLog") -> Sample:
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
    rejected = watch.objection()
    log.add(ticks, counts=rejected is None)
    return Sample(start_s, duration_s, launches, disturbance, distances, rejected)


class _TickLog:
    """The ticks of a process: histograms of what counts, and a column entry for every sample."""

    def __init__(self) -> None:
        self._workers: dict[tuple[int | None, int], _WorkerLog] = {}

    def add(self, runs: list[tuple[Ticks, ...]], counts: bool) -> None:
        """Take in the ticks of one sample: of each of its launches, of each worker."""
        for position, launches in enumerate(zip(*runs, strict=True)):
            key = (launches[0].set_bytes, position)
            self._workers.setdefault(key, _WorkerLog(launches[0])).add(launches, counts)

    def workers(self) -> tuple[WorkerTicks, ...]:
        """Of each worker, working set after working set in the order of the kernel's."""
        sizes = list(dict.fromkeys(size for size, _ in self._workers))
        keys = sorted(self._workers, key=lambda key: (sizes.index(key[0]), key[1]))
        return tuple(self._workers[key].recorded() for key in keys)


class _WorkerLog:
    """One worker's ticks on one working set."""

    def __init__(self, first: Ticks) -> None:
        self._first = first
        self._work: list[TickHistogram] = []
        self._probe: list[TickHistogram] = []
        self._cycles: list[TickHistogram] = []
        self._chunks: list[int] = []
        self._spent_ticks: list[int] = []
        self._median_ticks: list[int | None] = []

    def add(self, launches: tuple[Ticks, ...], counts: bool) -> None:
        work = sorted(int(value) for run in launches for value in run.work)
        probe = [int(value) for run in launches for value in run.probe if value > 0]
        self._chunks.append(len(work))
        self._spent_ticks.append(sum(work) + sum(probe))
        self._median_ticks.append(work[(len(work) - 1) // 2] if work else None)
        if counts:
            self._work.append(fold(work))
            self._probe.append(fold(probe))
            self._cycles.append(fold(value for run in launches for value in _cycles(run)))

    def recorded(self) -> WorkerTicks:
        return WorkerTicks(
            cpu=self._first.cpu,
            ops_per_chunk=self._first.ops_per_chunk,
            work=thinned(merge(self._work)),
            cycles_per_probe=self._first.cycles_per_probe,
            probe=thinned(merge(self._probe)),
            cycles=thinned(merge(self._cycles)),
            chunks=tuple(self._chunks),
            spent_ticks=tuple(self._spent_ticks),
            median_ticks=tuple(self._median_ticks),
            set_bytes=self._first.set_bytes,
        )


def _cycles(run: Ticks) -> list[int]:
    """Core cycles of each chunk that has a probe beside it.

    A probe of no ticks or fewer was interrupted while it took its own cost off: it tells nothing.
    """
    probed = zip(run.work[:: run.chunks_per_probe], run.probe, strict=True) if run.probe else ()
    return [round(work * run.cycles_per_probe / probe) for work, probe in probed if probe > 0]
