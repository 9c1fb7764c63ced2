"""How far the sustained figures stay behind what the cores can do, and who is to blame. Pure."""

from collections import Counter
from dataclasses import dataclass

from bench.capability import capability, workers
from bench.disturbed import Disturber, causes
from bench.evidence import Evidence
from bench.modes import modes
from bench.outcome import Measured
from bench.plan import full_name
from bench.tally import merge

WORTH_TELLING = 0.02
"""A sustained figure this close to capability needs no explanation: hand-overs cost as much."""


@dataclass(frozen=True, slots=True)
class Blame:
    """A cause, and how many samples it is named in."""

    by: Disturber
    samples: int


@dataclass(frozen=True, slots=True)
class Speed:
    """One of several speeds at which a core did the same work."""

    rate: float
    """Of one core, in the metric's unit."""
    share: float
    """Share of all chunks."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One way of measuring one metric on one machine."""

    host: str
    metric: str
    unit: str
    samples: int
    sustained_share: float | None
    """Sustained over capability; None where no cycle counter was read."""
    blames: tuple[Blame, ...]
    """Most frequent first; none although the share is low means that no counter explains it."""
    speeds: tuple[Speed, ...]
    """Fastest first; a single one where all chunks ran alike, none without a cycle counter."""

    @property
    def worth_telling(self) -> bool:
        lost = self.sustained_share is not None and self.sustained_share < 1 - WORTH_TELLING
        return lost or bool(self.blames) or len(self.speeds) > 1


def disturbances(evidence: Evidence) -> tuple[Disturbance, ...]:
    """One entry a case that was measured, in the order of the plan."""
    found = []
    for case in evidence.plan.cases:
        measured = [
            outcome
            for outcome in evidence.outcomes
            if isinstance(outcome, Measured) and outcome.case_id == case.id
        ]
        if not measured:
            continue
        counts = Counter(
            by
            for outcome in measured
            for named in causes(outcome)
            for by in dict.fromkeys(cause.by for cause in named)
        )
        found.append(
            Disturbance(
                host=evidence.inventory.host.hostname,
                metric=full_name(case),
                unit=case.unit,
                samples=sum(len(outcome.samples) for outcome in measured),
                sustained_share=_share(measured, case.unit),
                blames=tuple(Blame(by, count) for by, count in counts.most_common()),
                speeds=_speeds(measured),
            )
        )
    return tuple(found)


def _share(measured: list[Measured], unit: str) -> float | None:
    """Work over wall time of all processes, over the same time at capability."""
    done, possible = 0.0, 0.0
    for outcome in measured:
        rate = capability(outcome)
        if rate is None:
            return None
        each = outcome.bytes_per_launch if unit == "B/s" else outcome.ops_per_launch
        for sample in outcome.samples:
            done += each * sample.launches
            possible += rate * sample.duration_s
    return done / possible if possible else None


def _speeds(measured: list[Measured]) -> tuple[Speed, ...]:
    rows = [(o.counter_hz, worker) for o in measured for worker in workers(o)]
    if not rows or any(hz is None for hz, _ in rows):
        return ()
    hz = sum(hz for hz, _ in rows if hz is not None) / len(rows)
    ops = rows[0][1].ops_per_chunk
    # The last chunk of a share may be shorter; only chunks of equal work can be compared.
    together = merge(worker.work for _, worker in rows if worker.ops_per_chunk == ops)
    return tuple(Speed(ops / mode.ticks * hz, mode.share) for mode in modes(together))
