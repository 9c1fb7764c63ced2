"""A scripted clock and a launch that takes the time it is told to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from bench.evidence.codec import replace
from bench.evidence.outcome import Disturbance, Reading
from kernels.kernel import Ticks, Work


class ScriptedWatch:
    """A clock that moves only when something is timed: each launch takes the next duration."""

    def __init__(
        self,
        durations_s: Sequence[float],
        readings: Sequence[Reading] = (Reading(0.0),),
        disturbances: Sequence[Disturbance] = (Disturbance(),),
    ) -> None:
        self._durations_s = cycle(durations_s)
        self._readings = cycle(readings)
        self._disturbances = cycle(disturbances)
        self._now_s = 0.0

    def now_s(self) -> float:
        return self._now_s

    def time_s(self, run: Callable[[], None], launches: int) -> float:
        spent_s = 0.0
        for _ in range(launches):
            run()
            spent_s += next(self._durations_s)
        self._now_s += spent_s
        return spent_s

    def objection(self) -> str | None:
        return None

    def counter(self) -> int | None:
        return round(self._now_s * 1e9)

    def distances(self) -> tuple[int | None, ...]:
        return ()

    def read(self, at_s: float) -> Reading:
        return replace(next(self._readings), at_s=at_s)

    @property
    def reads_beside_load(self) -> bool:
        return False

    def missing_sensors(self) -> tuple[str, ...]:
        return ()

    def disturbance(self) -> Disturbance:
        return next(self._disturbances)


@dataclass(slots=True)
class SimulatedLaunch:
    """Work that is declared and not done."""

    work: Work
    tolerance: float = 1e-6
    result_error: float = 0.0
    executed: Mapping[str, str] = field(default_factory=lambda: {"library": "simulated"})
    worker_ticks: tuple[Ticks, ...] = ()
    runs: int = 0
    closed: bool = False

    def run(self) -> None:
        self.runs += 1

    def ticks(self) -> tuple[Ticks, ...]:
        return self.worker_ticks

    def error(self) -> float:
        return self.result_error

    def close(self) -> None:
        self.closed = True
