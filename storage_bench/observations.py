"""What one replicate of a guarantee leaves: raw observations as plain data, to be judged later.

Nothing here touches a drive, so that who judges needs none.
"""

from dataclasses import dataclass

from storage_bench.job import JobResult, Latency

PROOF = ("alignment", "residency", "device", "physics")
"""What a proof that a job went past the page cache is made of."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What a block device counted, since boot or between two readings; merged requests too."""

    read_ios: int
    read_bytes: int
    write_ios: int
    write_bytes: int

    @property
    def ios(self) -> int:
        return self.read_ios + self.write_ios

    @property
    def io_bytes(self) -> int:
        return self.read_bytes + self.write_bytes

    def since(self, before: "Counters") -> "Counters":
        return Counters(
            self.read_ios - before.read_ios,
            self.read_bytes - before.read_bytes,
            self.write_ios - before.write_ios,
            self.write_bytes - before.write_bytes,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the proof that a job went past the page cache."""

    name: str
    holds: bool | None
    """None where it cannot be told here."""
    because: str


@dataclass(frozen=True, slots=True)
class Proof:
    """All parts; it stands only if none is left out and each of them holds."""

    parts: tuple[Part, ...]

    @property
    def stands(self) -> bool:
        return not self.broken

    @property
    def broken(self) -> tuple[Part, ...]:
        """The parts that do not hold, cannot be told, or were left out."""
        named = {part.name for part in self.parts}
        return (
            *(part for part in self.parts if part.holds is not True),
            *(Part(name, None, "was left out") for name in PROOF if name not in named),
        )


@dataclass(frozen=True, slots=True)
class DataSample:
    """What a sample of blocks showed that were read back."""

    blocks: int
    compressed_share: float
    """Size after zlib over size before; random data is above 1."""
    repeated: int
    """Blocks that equal another one of the sample."""


@dataclass(frozen=True, slots=True)
class Integrity:
    """The file under test after the load, read back whole and held against what was written."""

    blocks: int
    anew: int
    """Written once more after the load, with known bytes, and read back as they were written."""
    as_filled: int
    """As they were before the load, to the byte."""
    by_load: int
    """Written by the load: whole, and in their place."""
    untold: int
    """Written by an engine that leaves no mark in a block: nobody can say what they should hold."""
    broken: int
    """None of these, or not to be read."""
    broken_at: tuple[int, ...]
    """Offsets of the first of them, in bytes."""


@dataclass(frozen=True, slots=True)
class Appends:
    """Small writes at the end of a new file, each made durable (fdatasync) before the next."""

    engine: str
    """With its version: `fio 3.36`, `native 2`."""
    block_bytes: int
    syncs: int
    sync_latency: Latency
    """Of the fdatasync alone, without the write before it."""


@dataclass(frozen=True, slots=True)
class Replicate:
    """The evidence of one replicate; None for what is missing."""

    size_bytes: int
    """Of the file under test, the working set."""
    result: JobResult | None
    failure: str | None = None
    """Why there is no result."""
    seen: Counters | None = None
    """What the device counted during the load."""
    sequential_bytes_per_s: float | None = None
    """Reads in order just before, which nothing random on the same storage can outrun."""
    bypass: Proof | None = None
    data: DataSample | None = None
    integrity: Integrity | None = None
    appends: Appends | None = None
    """What a log writer would meet on this volume; None where it could not be run."""
