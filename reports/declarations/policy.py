"""Conversion policies: how precisions count, as data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.errors import UsageError
from reports.declarations.loader import read, read_shipped, shipped

DEFAULT = "fp32-bitwidth@1"

ComputeClass = Literal["general", "intelligent", "hpc"]
"""通用算力, 智能算力, 超算算力: to one of them each device contributes, once."""
DeviceKind = Literal["cpu", "amx", "accelerator"]
"""`amx` is a CPU whose matrix unit a facility has chosen to count as intelligent compute."""
Pipe = Literal["vector", "matrix"]
Rated = Literal["fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8"]

EXAMPLE = "reports/declarations/policies/fp32-bitwidth@1.toml shows the form."


@dataclass(frozen=True, slots=True)
class ConversionRule:
    """A dense rate that counts, and with which factor."""

    device: DeviceKind
    pipe: Pipe
    precision: Rated
    factor: float
    because: str
    classes: tuple[ComputeClass, ...] = ("general", "intelligent", "hpc")
    """Classes in which the rule holds."""
    last_resort: bool = False
    """Counts only where no other rule finds a rate, and is flagged."""

    def __post_init__(self) -> None:
        if not self.factor > 0:
            raise ValueError(f"factor is {self.factor}; wanted above 0")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a policy leaves out on purpose."""

    what: str
    because: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned conversion. A released one is never edited: its successor is a new file."""

    id: str
    version: str
    title: str
    basis: str
    """What the rules rest on."""
    source: str
    effective_from: str
    """First day of the period whose figures the convention is meant for, ISO 8601."""
    target_precision: Rated
    certifiable: bool
    """Whether a verdict under this policy can stand for a target in `target_precision` FLOP/s."""
    counts: tuple[ComputeClass, ...]
    """Classes that the policy has a meaning for."""
    tie_rule: str
    rounding: str
    rules: tuple[ConversionRule, ...]
    exclusions: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("a policy needs at least one rule")

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"


def names() -> tuple[str, ...]:
    """Policies that come with capbench; the default comes first."""
    return (DEFAULT, *(name for name in shipped("declarations/policies") if name != DEFAULT))


def load(name_or_path: str | Path) -> Policy:
    """A policy by its name, or from a TOML file. Raises UsageError."""
    if str(name_or_path) in names():
        return read_shipped(Policy, "declarations/policies", str(name_or_path))
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and path.suffix != ".toml" and not path.exists():
        raise UsageError(
            f'There is no policy "{name_or_path}".',
            f"Give one of {', '.join(names())}, or the path of a TOML file.",
        )
    found = read(Policy, path, "a conversion policy", EXAMPLE)
    if found.name in names() and found != load(found.name):
        raise UsageError(
            f"{path} is called {found.name} and is not that policy: a released one never changes.",
            "Give it an id or a version of its own.",
        )
    return found


def alternatives(chosen: Policy) -> tuple[Policy, ...]:
    """The policies that come with capbench, but for the chosen one."""
    return tuple(load(name) for name in names() if name != chosen.name)
