"""What an IOPS guarantee demands, as data: the definitions that come with this package."""

import dataclasses
import math
import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any, TypeVar

from storage_bench.errors import StorageError
from storage_bench.job import Job

DEFAULT = "critical-business@1.0"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the storage."""

    block_bytes: int
    read_share: float
    offered_factor: float
    """Rate that falls due, over the target."""
    in_flight: int


@dataclass(frozen=True, slots=True)
class RateRule:
    """How steadily the target must be reached."""

    window_share: float
    confidence: float
    long_window_s: int
    stall_iops: float
    stall_windows: int


@dataclass(frozen=True, slots=True)
class LatencyRule:
    """Bounds for reads and for writes, each by itself, from submission to completion."""

    p99_s: float
    p999_s: float
    max_s: float
    long_window_share: float


@dataclass(frozen=True, slots=True)
class WitnessRule:
    """When the measurement itself can be trusted."""

    device_share: float
    foreign_share: float
    offered_share: float
    busy_cpu_share: float


@dataclass(frozen=True, slots=True)
class DataRule:
    """What shows that the data could be neither compressed nor stored once."""

    sample_blocks: int
    compressed_share: float


@dataclass(frozen=True, slots=True)
class IntegrityRule:
    """What is read back and held against what was written."""

    written_anew_blocks: int


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """How closely the replicates agree."""

    spread_share: float


@dataclass(frozen=True, slots=True)
class AppendRule:
    """A log writer's profile: looked at beside the load, and no part of the verdict."""

    block_bytes: int
    size_bytes: int
    sync_p99_s: float


@dataclass(frozen=True, slots=True)
class Tier:
    """How long and how often: only a tier that certifies can prove the guarantee."""

    certifies: bool
    replicates: int
    settle_s: float
    duration_s: float
    round_s: int
    """Length of the rounds for steady state; 0 where the time is too short for them."""
    append_s: float
    """The log writer's profile ends then, however much of it is done."""
    least_bytes: int
    volume_share: float
    memory_multiple: float

    def working_set_bytes(
        self, volume_bytes: int, memory_bytes: int, block_bytes: int, array_cache_bytes: int = 0
    ) -> int:
        """Size of the file under test: beyond what any cache in the way could hold."""
        wanted = max(
            self.least_bytes,
            self.volume_share * volume_bytes,
            self.memory_multiple * (memory_bytes + array_cache_bytes),
        )
        return math.ceil(wanted / block_bytes) * block_bytes


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One definition, with its version in its id; a released one is never edited."""

    id: str
    title: str
    target_iops: float
    capped_factor: float
    load: Load
    rate: RateRule
    latency: LatencyRule
    witness: WitnessRule
    data: DataRule
    integrity: IntegrityRule
    repeat: RepeatRule
    appends: AppendRule
    tiers: dict[str, Tier]

    def job(self, tier: Tier, size_bytes: int, seed: int) -> Job:
        """The measured load, in one thread; it settles in a job of its own before."""
        return Job(
            name=self.id,
            pattern="randrw",
            block_bytes=self.load.block_bytes,
            read_share=self.load.read_share,
            depth=self.load.in_flight,
            threads=1,
            size_bytes=size_bytes,
            ramp_s=0.0,
            duration_s=tier.duration_s,
            seed=seed,
            rate_iops=self.load.offered_factor * self.target_iops,
        )

    def written_bytes(self, tier: Tier, size_bytes: int) -> int:
        """What one replicate writes at the most: the file, the load, and what comes after it."""
        writes_per_s = self.load.offered_factor * self.target_iops * (1 - self.load.read_share)
        load_s = tier.settle_s + tier.duration_s
        after = self.integrity.written_anew_blocks * self.load.block_bytes + self.appends.size_bytes
        return size_bytes + round(writes_per_s * load_s) * self.load.block_bytes + after


def names() -> tuple[str, ...]:
    """Ids of the definitions that come with this package."""
    folder = files("storage_bench.guarantee") / "definitions"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def load(name: str = DEFAULT) -> Guarantee:
    """The definition with this id; raises StorageError where there is none."""
    return decoded(tomllib.loads(_text(name)))


def text_sha256(name: str) -> str:
    """Digest of the definition's text: what is sealed, so that nobody can move a bound later.

    Raises StorageError where there is no such definition.
    """
    return sha256(_text(name).encode()).hexdigest()


def _text(name: str) -> str:
    if name not in names():
        raise StorageError(f'No guarantee is called "{name}".', f"Known are {', '.join(names())}.")
    return (files("storage_bench.guarantee") / "definitions" / f"{name}.toml").read_text(
        encoding="utf-8"
    )


def decoded(table: dict[str, Any]) -> Guarantee:
    """A definition from a parsed file; raises StorageError for an unknown or missing key."""
    parts: dict[str, type[Any]] = {
        "load": Load,
        "rate": RateRule,
        "latency": LatencyRule,
        "witness": WitnessRule,
        "data": DataRule,
        "integrity": IntegrityRule,
        "repeat": RepeatRule,
        "appends": AppendRule,
    }
    made: dict[str, Any] = {key: _made(kind, table.get(key), key) for key, kind in parts.items()}
    tiers = table.get("tiers", {})
    made["tiers"] = {name: _made(Tier, entry, f"tiers.{name}") for name, entry in tiers.items()}
    return _made(Guarantee, table | made, "guarantee")


def _made(kind: type[T], table: object, place: str) -> T:
    if not isinstance(table, dict):
        raise StorageError(f"A guarantee has no table [{place}].", "See storage_bench/guarantees.")
    wanted = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if wrong := sorted(wanted ^ set(table)):
        problem = "is missing" if wrong[0] in wanted else "is not known"
        raise StorageError(
            f'{place}: key "{wrong[0]}" {problem}.', f"Wanted are {', '.join(sorted(wanted))}."
        )
    # TOML tells 62 from 62.0; a duration is a number of seconds either way.
    floats = {field.name for field in dataclasses.fields(kind) if field.type is float}  # type: ignore[arg-type]
    return kind(**{key: float(table[key]) if key in floats else table[key] for key in table})
