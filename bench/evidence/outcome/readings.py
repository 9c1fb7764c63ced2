"""Sensor readings of a measurement as columns; None where a sensor was missing or not asked."""

from collections.abc import Iterable, Iterator
from typing import Self

from bench.evidence.codec import Record
from bench.evidence.inventory import Health


class AcceleratorReading(Record):
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


class Reading(Record):
    """What the sensors said at one moment; None where there is no such sensor."""

    at_s: float
    """Seconds since the measurement of this case began."""
    load_1m: float | None = None
    clock_hz: float | None = None
    """Of an accelerator its compute clock; else the mean of the CPUs in use, by the system."""
    temperature_c: float | None = None
    power_w: float | None = None
    accelerator: AcceleratorReading | None = None


class AcceleratorReadings(Record):
    """A column for every field of an accelerator's reading."""

    memory_clock_hz: tuple[float | None, ...]
    power_limit_w: tuple[float | None, ...]
    default_power_limit_w: tuple[float | None, ...]
    memory_temperature_c: tuple[float | None, ...]
    utilisation: tuple[float | None, ...]
    throttle: tuple[tuple[str, ...] | None, ...]
    energy_j: tuple[float | None, ...]
    health: tuple[Health | None, ...]

    @classmethod
    def of(cls, rows: Iterable[AcceleratorReading]) -> Self:
        """The columns of readings one by one."""
        found = tuple(rows)
        return cls(
            memory_clock_hz=tuple(row.memory_clock_hz for row in found),
            power_limit_w=tuple(row.power_limit_w for row in found),
            default_power_limit_w=tuple(row.default_power_limit_w for row in found),
            memory_temperature_c=tuple(row.memory_temperature_c for row in found),
            utilisation=tuple(row.utilisation for row in found),
            throttle=tuple(row.throttle for row in found),
            energy_j=tuple(row.energy_j for row in found),
            health=tuple(row.health for row in found),
        )

    @property
    def columns(self) -> tuple[tuple[object, ...], ...]:
        return (
            self.memory_clock_hz, self.power_limit_w, self.default_power_limit_w,
            self.memory_temperature_c, self.utilisation, self.throttle, self.energy_j, self.health,
        )  # fmt: skip

    def __getitem__(self, position: int) -> AcceleratorReading:
        return AcceleratorReading(
            self.memory_clock_hz[position],
            self.power_limit_w[position],
            self.default_power_limit_w[position],
            self.memory_temperature_c[position],
            self.utilisation[position],
            self.throttle[position],
            self.energy_j[position],
            self.health[position],
        )


class Readings(Record):
    """All readings of one process, in the order of time: a column for every sensor."""

    at_s: tuple[float, ...] = ()
    load_1m: tuple[float | None, ...] = ()
    clock_hz: tuple[float | None, ...] = ()
    temperature_c: tuple[float | None, ...] = ()
    power_w: tuple[float | None, ...] = ()
    accelerator: AcceleratorReadings | None = None
    """None of a processor."""

    @classmethod
    def of(cls, rows: Iterable[Reading]) -> Self:
        """The columns of readings one by one."""
        found = tuple(rows)
        beside = [row.accelerator for row in found]
        return cls(
            at_s=tuple(row.at_s for row in found),
            load_1m=tuple(row.load_1m for row in found),
            clock_hz=tuple(row.clock_hz for row in found),
            temperature_c=tuple(row.temperature_c for row in found),
            power_w=tuple(row.power_w for row in found),
            accelerator=AcceleratorReadings.of(each or AcceleratorReading() for each in beside)
            if any(each is not None for each in beside)
            else None,
        )

    @property
    def columns(self) -> tuple[tuple[object, ...], ...]:
        own = (self.at_s, self.load_1m, self.clock_hz, self.temperature_c, self.power_w)
        return own if self.accelerator is None else (*own, *self.accelerator.columns)

    def __len__(self) -> int:
        return len(self.at_s)

    def __getitem__(self, position: int) -> Reading:
        return Reading(
            self.at_s[position],
            self.load_1m[position],
            self.clock_hz[position],
            self.temperature_c[position],
            self.power_w[position],
            None if self.accelerator is None else self.accelerator[position],
        )

    def __iter__(self) -> Iterator[Reading]:
        return map(self.__getitem__, range(len(self)))
