"""What came of one case in one process: measured, skipped with a reason, or failed with one."""

from dataclasses import dataclass
from typing import Literal

from bench.evidence.inventory import Health
from storage_bench.job import JobResult
from storage_bench.observations import Replicate


@dataclass(frozen=True, slots=True)
class AcceleratorReading:
    """What only an accelerator's sensors say; None where it has no such sensor."""

    memory_clock_hz: float | None = None
    power_limit_w: float | None = None
    """What is enforced at this moment."""
    default_power_limit_w: float | None = None
    memory_temperature_c: float | None = None
    utilisation: float | None = None
    """Share of the last sensor period in which something ran, 0 to 1."""
    throttle: tuple[str, ...] | None = None
    """Every reason that the driver names for the clock; empty where it names none."""
    energy_j: float | None = None
    """The device's own energy counter; only differences mean anything."""
    health: Health | None = None
    """None at moments when it was not asked for: it changes rarely."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sensors said at one moment; None where there is no such sensor."""

    at_s: float
    """Seconds since the measurement of this case began."""
    load_1m: float | None = None
    clock_hz: float | None = None
    """Of an accelerator its compute clock; else the mean of the CPUs in use, by the system."""
    temperature_c: float | None = None
    power_w: float | None = None
    accelerator: AcceleratorReading | None = None


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What took the processor away during one sample; None where the kernel does not tell."""

    steal_s: float | None = None
    """Time that the hypervisor gave to others, summed over the CPUs in use."""
    run_delay_s: float | None = None
    """Time that our runnable threads waited for a CPU, summed."""
    throttled_s: float | None = None
    """Time that the cgroup's bandwidth limit held us back."""


@dataclass(frozen=True, slots=True)
class TickHistogram:
    """Counter ticks of equal chunks of work, as a histogram: the observation of one worker.

    `ticks[i]` (the lower edge of a bin 1/1024 wide) was seen `counts[i]` times.
    """

    ticks: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkerTicks:
    """What one worker's cycle counter saw during one sample, between chunks of its own work."""

    cpu: int
    ops_per_chunk: int
    work: TickHistogram
    cycles_per_probe: int
    """Core cycles that one dependent-add probe takes by construction; 0 without a probe."""
    probe: TickHistogram
    cycles: TickHistogram
    """Core cycles of the chunks that a probe followed, each by the probe beside it."""


@dataclass(frozen=True, slots=True)
class SetTicks:
    """What the workers' counters saw of one working set, by a kernel that goes over several."""

    set_bytes: int
    workers: tuple[WorkerTicks, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One stretch of wall time in which a whole number of launches ran."""

    start_s: float
    """Seconds since the measurement of this case began, on the monotonic clock."""
    duration_s: float
    launches: int
    disturbance: Disturbance
    workers: tuple[WorkerTicks, ...] = ()
    distances: tuple[int | None, ...] = ()
    """Counter ticks of a cache line's round trip between neighbouring workers, just after."""
    rejected: str | None = None
    """Why this sample is kept and not counted; None for a sample that counts."""
    sets: tuple[SetTicks, ...] = ()
    """Instead of `workers`, for a kernel that goes over several working sets; rising."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Samples of a kernel whose result was right."""

    case_id: str
    repeat: int
    ops_per_launch: int
    bytes_per_launch: int
    samples: tuple[Sample, ...]
    readings: tuple[Reading, ...]
    error: float
    """Deviation from a reference, computed after the timing."""
    tolerance: float
    stopped: str
    executed: dict[str, str]
    """What really ran: library, dispatched kernel, vector width, kind of store."""
    counter_hz: float | None = None
    """Rate of the cycle counter that ticks are counted in; None where workers left none."""
    began_at_s: float | None = None
    """The host's monotonic clock when it began: what ran at the same time shows by it."""
    missing_sensors: tuple[str, ...] = ()
    """Sensors that gave nothing, each with what the driver says to it."""
    kind: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True)
class MeasuredIO:
    """Result of a storage job whose every I/O succeeded."""

    case_id: str
    repeat: int
    result: JobResult
    readings: tuple[Reading, ...]
    disturbance: Disturbance
    executed: dict[str, str]
    kind: Literal["measured-io"] = "measured-io"


@dataclass(frozen=True, slots=True)
class MeasuredReplicate:
    """One replicate of a guarantee whose load came to its end, with all that bears witness."""

    case_id: str
    repeat: int
    trial: Replicate
    readings: tuple[Reading, ...]
    disturbance: Disturbance
    executed: dict[str, str]
    began_at: str
    """UTC, ISO 8601: when the load began, the file being written."""
    resumed_at: str | None = None
    """When a run that had been killed was taken up again for it; None if that never happened."""
    kind: Literal["measured-trial"] = "measured-trial"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not tried, for a reason that is part of the result."""

    case_id: str
    repeat: int
    reason: str
    kind: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True)
class Failed:
    """Tried, and without a usable result."""

    case_id: str
    repeat: int
    reason: str
    kind: Literal["failed"] = "failed"


Outcome = Measured | MeasuredIO | MeasuredReplicate | Skipped | Failed
