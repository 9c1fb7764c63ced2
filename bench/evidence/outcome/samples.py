"""Samples of a measurement as columns: stretches of wall time in which whole launches ran."""

from collections.abc import Iterable, Iterator
from typing import Self

from bench.evidence.codec import Record


class Disturbance(Record):
    """What took the processor away during one sample; None where the kernel does not tell."""

    steal_s: float | None = None
    """Time that the hypervisor gave to others, summed over the CPUs in use."""
    run_delay_s: float | None = None
    """Time that our runnable threads waited for a CPU, summed."""
    throttled_s: float | None = None
    """Time that the cgroup's bandwidth limit held us back."""


class Sample(Record):
    """One stretch of wall time in which a whole number of launches ran."""

    start_s: float
    """Seconds since the measurement of this case began, on the monotonic clock."""
    duration_s: float
    launches: int
    disturbance: Disturbance = Disturbance()
    distances: tuple[int | None, ...] = ()
    """Counter ticks of a cache line's round trip between neighbouring workers, just after."""
    rejected: str | None = None
    """Why this sample is kept and not counted; None for a sample that counts."""


class Samples(Record):
    """All samples of one process, in the order of time: a column for every field of a sample."""

    start_s: tuple[float, ...] = ()
    duration_s: tuple[float, ...] = ()
    launches: tuple[int, ...] = ()
    steal_s: tuple[float | None, ...] = ()
    run_delay_s: tuple[float | None, ...] = ()
    throttled_s: tuple[float | None, ...] = ()
    distances: tuple[tuple[int | None, ...], ...] = ()
    rejected: tuple[str | None, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Sample]) -> Self:
        """The columns of samples one by one."""
        found = tuple(rows)
        return cls(
            start_s=tuple(row.start_s for row in found),
            duration_s=tuple(row.duration_s for row in found),
            launches=tuple(row.launches for row in found),
            steal_s=tuple(row.disturbance.steal_s for row in found),
            run_delay_s=tuple(row.disturbance.run_delay_s for row in found),
            throttled_s=tuple(row.disturbance.throttled_s for row in found),
            distances=tuple(row.distances for row in found),
            rejected=tuple(row.rejected for row in found),
        )

    @property
    def columns(self) -> tuple[tuple[object, ...], ...]:
        return (
            self.start_s, self.duration_s, self.launches, self.steal_s, self.run_delay_s,
            self.throttled_s, self.distances, self.rejected,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.start_s)

    def __getitem__(self, position: int) -> Sample:
        return Sample(
            self.start_s[position],
            self.duration_s[position],
            self.launches[position],
            Disturbance(
                self.steal_s[position], self.run_delay_s[position], self.throttled_s[position]
            ),
            self.distances[position],
            self.rejected[position],
        )

    def __iter__(self) -> Iterator[Sample]:
        return map(self.__getitem__, range(len(self)))

    @property
    def end_s(self) -> float:
        """When the last sample ended; 0 without samples."""
        return self.start_s[-1] + self.duration_s[-1] if self.start_s else 0.0

    @property
    def all_count(self) -> bool:
        """Whether none is rejected."""
        return not any(self.rejected)
