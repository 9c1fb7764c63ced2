"""Profiles: which cases a run has and how long they take, as TOML files."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal

from bench.errors import UsageError
from bench.evidence.codec import DecodeError, decode
from bench.evidence.stopping import StoppingRule
from storage_bench.job import Pattern

Purpose = Literal["figure", "check", "short"]
"""What a case is for: a figure; only to see that the result is right, in one process at a small
size; or a figure of seconds beside one that lasts. The last two show in the metric's name."""


@dataclass(frozen=True, slots=True)
class KernelEntry:
    """A kernel with everything it is to be measured with: the cases are all combinations."""

    kernel: str
    precisions: tuple[str, ...]
    implementations: tuple[str, ...]
    repeats: int
    device: Literal["cpu", "cuda", "accelerator"] = "cpu"
    """Where it runs: `accelerator` is every device but the host's CPU, `cuda` only NVIDIA's."""
    cores: tuple[Literal["all", "one"], ...] = ("all",)
    """Of the host's CPU."""
    cards: tuple[Literal["together", "alone"], ...] = ("together",)
    """Of a node with several accelerators: all at the same time, or one after the other."""
    shape: tuple[int, ...] | None = None
    """None lets the planner choose: the kernel's own, or arrays beyond the last-level cache."""
    largest_bytes: int | None = None
    """Of a kernel that goes over several working sets; None: beyond the claimed caches."""
    stopping: StoppingRule | None = None
    """None takes the profile's."""
    purpose: Purpose = "figure"
    phase: str | None = None
    """Of a profile in phases: the one that this belongs to."""


@dataclass(frozen=True, slots=True)
class PhaseEntry:
    """A part of a run, sealed when it ends."""

    name: str
    title: str
    share_s: float
    """Of the time of the whole run."""


@dataclass(frozen=True, slots=True)
class StorageEntry:
    """One storage job."""

    name: str
    pattern: Pattern
    block_bytes: int
    read_share: float
    depth: int
    threads: int
    repeats: int
    ramp_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class StorageSection:
    """The storage jobs and the file they share."""

    size_bytes: int
    jobs: tuple[StorageEntry, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as its file says it."""

    name: str
    title: str
    seed: int
    stopping: StoppingRule
    kernels: tuple[KernelEntry, ...]
    storage: StorageSection | None = None
    phases: tuple[PhaseEntry, ...] = ()
    """In the order of their value; empty for a run in one piece."""

    def __post_init__(self) -> None:
        known: set[str | None] = {phase.name for phase in self.phases}
        known = known or {None}
        if stray := {entry.phase for entry in self.kernels} - known:
            raise ValueError(f"phases are {known}, and kernels are of {stray}")
        repeats = [entry.repeats for entry in self.kernels if entry.purpose != "check"]
        repeats += [job.repeats for job in self.storage.jobs] if self.storage else []
        if any(count < 2 for count in repeats):
            raise ValueError("repeats must be 2 or more: one process gives no interval")


def names() -> tuple[str, ...]:
    """The profiles that come with capbench."""
    folder = files("bench.planning") / "profiles"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def load(name_or_path: str) -> tuple[Profile, str]:
    """A profile and the SHA-256 of its file. Raises UsageError, naming what was found."""
    path = files("bench.planning") / "profiles" / f"{name_or_path}.toml"
    if name_or_path not in names():
        path = Path(name_or_path)
        if not path.is_file():
            raise UsageError(
                f'There is no profile "{name_or_path}".',
                f"Give one of {', '.join(names())}, or the path of a TOML file.",
            )
    data = path.read_bytes()
    try:
        profile = decode(Profile, tomllib.loads(data.decode()), str(name_or_path))
    except (DecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{name_or_path} is not a profile: {error}.",
            "bench/planning/profiles/quick.toml shows the form.",
        ) from error
    return profile, sha256(data).hexdigest()
