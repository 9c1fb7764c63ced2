"""The outcome of one case in one worker process: measured, skipped or failed with a reason."""

from typing import ClassVar, Literal

from bench.evidence.codec import Record
from bench.evidence.outcome.readings import (
    AcceleratorReading,
    AcceleratorReadings,
    Reading,
    Readings,
)
from bench.evidence.outcome.samples import Disturbance, Sample, Samples
from bench.evidence.outcome.ticks import TickHistogram, WorkerTicks
from storage_bench.job import JobResult
from storage_bench.observations import Replicate

__all__ = [
    "AcceleratorReading", "AcceleratorReadings", "Disturbance", "Failed", "Measured", "MeasuredIO",
    "MeasuredReplicate", "Outcome", "Reading", "Readings", "Reason", "Sample", "Samples", "Skipped",
    "TickHistogram", "WorkerTicks", "outcome_path",
]  # fmt: skip


class Reason(Record):
    """Why there is no result: a code for programs, and a text for people."""

    code: str
    """Lower case with hyphens: `refused`, `no-memory`, `wrong-result`, `interrupted`."""
    text: str

    def __str__(self) -> str:
        return self.text


class Measured(Record, tag_field="kind", tag="measured"):
    """Samples of a kernel whose result was right."""

    kind: ClassVar[Literal["measured"]] = "measured"

    case_id: str
    repeat: int
    ops_per_launch: int
    bytes_per_launch: int
    samples: Samples
    readings: Readings
    error: float
    """Deviation from a reference, computed after the timing."""
    tolerance: float
    stopped: str
    executed: dict[str, str]
    """What really ran: library, dispatched kernel, vector width, kind of store."""
    ticks: tuple[WorkerTicks, ...] = ()
    """Of each worker, and of each working set where there are several; by rising size."""
    counter_hz: float | None = None
    """Rate of the cycle counter that ticks are counted in; None where workers left none."""
    began_at_s: float | None = None
    """The host's monotonic clock when it began: what ran at the same time shows by it."""
    missing_sensors: tuple[str, ...] = ()
    """Sensors that gave nothing, each with what the driver says to it."""

    @property
    def is_valid(self) -> bool:
        """Whether the result was right; an error that is no number is never right."""
        return self.error <= self.tolerance

    def work_per_launch(self, unit: str) -> int:
        """Bytes of a launch where the figure is a bandwidth, else operations."""
        return self.bytes_per_launch if unit == "B/s" else self.ops_per_launch


class MeasuredIO(Record, tag_field="kind", tag="measured-io"):
    """Result of a storage job whose every I/O succeeded."""

    kind: ClassVar[Literal["measured-io"]] = "measured-io"

    case_id: str
    repeat: int
    result: JobResult
    readings: Readings
    disturbance: Disturbance
    executed: dict[str, str]


class MeasuredReplicate(Record, tag_field="kind", tag="measured-replicate"):
    """One replicate of a guarantee whose load came to its end, with all that bears witness."""

    kind: ClassVar[Literal["measured-replicate"]] = "measured-replicate"

    case_id: str
    repeat: int
    replicate: Replicate
    readings: Readings
    disturbance: Disturbance
    executed: dict[str, str]
    began_at: str
    """UTC, ISO 8601: when the load began, the file being written."""
    resumed_at: str | None = None
    """When a run that had been killed was taken up again for it; None if that never happened."""


class Skipped(Record, tag_field="kind", tag="skipped"):
    """Not tried, for a reason that is part of the result."""

    kind: ClassVar[Literal["skipped"]] = "skipped"

    case_id: str
    repeat: int
    reason: Reason


class Failed(Record, tag_field="kind", tag="failed"):
    """Tried, and without a usable result."""

    kind: ClassVar[Literal["failed"]] = "failed"

    case_id: str
    repeat: int
    reason: Reason


Outcome = Measured | MeasuredIO | MeasuredReplicate | Skipped | Failed


def outcome_path(outcome: Outcome) -> str:
    """The file of an outcome inside its bundle."""
    return f"outcomes/{outcome.case_id}.{outcome.repeat}.json"
