"""Every sample of a run as a rate over time, rejected ones included. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Outcome, Skipped
from bench.evidence.plan import Case
from reports.performance.accelerators.throttling import during
from reports.performance.subject import Subject


@dataclass(frozen=True, slots=True)
class Point:
    """The rate of one sample, or of one whole storage job."""

    host: str
    metric: str
    implementation: str
    repeat: int
    at_s: float
    """Seconds since the measurement of its case began."""
    rate: float
    unit: str
    rejected: str | None
    throttled: str | None = None
    """Reasons that the driver of an accelerator named for a lowered clock meanwhile."""


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one process as columns."""

    host: str
    metric: str
    implementation: str
    repeat: int
    unit: str
    at_s: tuple[float, ...]
    rate: tuple[float, ...]
    rejected: tuple[str | None, ...]
    throttled: tuple[str | None, ...]

    def points(self) -> Iterator[Point]:
        """The samples one by one."""
        for at_s, rate, rejected, throttled in zip(
            self.at_s, self.rate, self.rejected, self.throttled, strict=True
        ):
            yield Point(
                self.host, self.metric, self.implementation, self.repeat, at_s, rate, self.unit,
                rejected, throttled,
            )  # fmt: skip


def series(subject: Subject) -> tuple[Series, ...]:
    """Samples of every process, in the order of the plan."""
    return tuple(
        found
        for case in subject.evidence.plan.cases
        for outcome in sorted(subject.derived.outcomes_of(case), key=lambda o: o.repeat)
        if (found := _series(subject.host, case, outcome)) is not None
    )


def points(subject: Subject) -> tuple[Point, ...]:
    """The same one by one."""
    return tuple(point for each in series(subject) for point in each.points())


def _series(host: str, case: Case, outcome: Outcome) -> Series | None:
    match outcome:
        case Measured():
            work, samples = outcome.work_per_launch(case.unit), outcome.samples
            rates = tuple(
                work * launches / duration_s
                for launches, duration_s in zip(samples.launches, samples.duration_s, strict=True)
            )
            named = during(samples, outcome.readings)
            return Series(
                host, case.metric, case.implementation, outcome.repeat, case.unit,
                samples.start_s, rates, samples.rejected,
                tuple(", ".join(names) or None for names in named),
            )  # fmt: skip
        case MeasuredIO() | MeasuredReplicate():
            result = outcome.result if isinstance(outcome, MeasuredIO) else outcome.replicate.result
            if result is None or not result.duration_s > 0:
                return None
            in_bytes = case.unit == "B/s" and isinstance(outcome, MeasuredIO)
            rate = (result.io_bytes if in_bytes else result.ios) / result.duration_s
            return Series(
                host, case.metric, case.implementation, outcome.repeat, case.unit,
                (0.0,), (rate,), (None,), (None,),
            )  # fmt: skip
        case Skipped() | Failed():
            return None
        case _:
            assert_never(outcome)
