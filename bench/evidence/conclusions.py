"""Figures and judgements that are concluded from the outcomes and sealed beside them."""

from enum import StrEnum
from typing import Literal

from bench.evidence.codec import Record
from storage_bench.guarantee.judging.verdict import Judgement

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1))


class Statistic(StrEnum):
    """What a figure says of its metric."""

    VALUE = "value"
    """What the metric is named for: a rate over wall time, a latency of the median chunk."""
    SUSTAINED = "sustained"
    """Of an accelerator, once it was steady."""
    BURST = "burst"
    """Of an accelerator, over its best second."""
    CAPABILITY = "capability"
    """The rate of the silicon while it has the core, by its own cycle counter."""
    PER_CYCLE = "per_cycle"
    CLOCK = "clock"
    CYCLES = "cycles"
    """A latency in core cycles."""
    P50 = "p50"
    P99 = "p99"
    SLOWEST = "slowest"
    """Of devices that ran at the same time."""
    SPREAD = "spread"
    """Fastest minus slowest of devices that ran at the same time, as a share of the median."""
    POWER = "power"
    """By the device's energy counter."""
    POWER_INTEGRATED = "power_integrated"
    """By readings of power, where the device counts no energy itself."""


class Estimate(Record):
    """A figure, never without an interval and the confidence that belongs to it."""

    metric: str
    """Of the case, or of the group of cases that ran at the same time."""
    statistic: Statistic
    value: float
    """Median over processes."""
    low: float
    high: float
    unit: str
    confidence: float
    """Probability that the interval covers the median, whatever the distribution."""
    n: int
    """Processes that the interval is taken over."""
    implementation: str | None = None
    """One of several ways of measuring; None for the best of them, and for the only one."""
    working_set_bytes: int | None = None
    """For a kernel that goes over several working sets."""
    operation: Literal["read", "write", "fdatasync"] | None = None
    """What of a storage job it is of; None for all of it."""

    @property
    def name(self) -> str:
        """How it is called where people read: `cpu.cache.read.48KiB`, `cpu.vector.fp32.clock`."""
        parts = [self.metric, self.implementation]
        if self.working_set_bytes is not None:
            parts.append(working_set_label(self.working_set_bytes))
        parts.append(self.operation)
        if self.statistic is not Statistic.VALUE:
            parts.append(self.statistic.value)
        return ".".join(part for part in parts if part is not None)

    @property
    def subject(self) -> tuple[str, str | None]:
        """Metric and way of measuring, which the figures beside it share."""
        return self.metric, self.implementation


class CaseJudgement(Record):
    """The judgement on one guarantee of a plan."""

    case_id: str
    judgement: Judgement


def working_set_label(size_bytes: int) -> str:
    """A size as part of a figure's name, exactly.

    >>> working_set_label(48 << 10), working_set_label(5 << 19)
    ('48KiB', '2560KiB')
    """
    unit, factor = next(entry for entry in _UNITS if size_bytes % entry[1] == 0)
    return f"{size_bytes // factor}{unit}"
