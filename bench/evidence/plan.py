"""The plan: what is asked for before anything runs, so that an omission shows afterwards."""

import hashlib
from fnmatch import fnmatchcase
from functools import cached_property
from typing import ClassVar, Literal, Self

from bench.evidence.codec import Record, replace, written_again
from bench.evidence.shape_search import ShapeSearch
from bench.evidence.stopping import StoppingRule
from storage_bench.job import Job

CPU = "cpu"
"""`KernelCase.device` of the host's CPU."""


class KernelCase(Record, tag_field="kind", tag="kernel", dict=True):
    """One kernel on one device, to be run in `repeats` fresh processes."""

    kind: ClassVar[Literal["kernel"]] = "kernel"

    metric: str
    """Name of the figure, for example `cpu.vector.fp32.one_core`."""
    unit: str
    kernel: str
    implementation: str
    precision: str
    shape: tuple[int, ...]
    device: str
    """`Device.uuid`."""
    cpus: tuple[int, ...]
    """Logical CPUs, one worker pinned to each."""
    seed: int
    stopping: StoppingRule
    repeats: int
    group: str | None = None
    """Cases of one group start at the same moment, and their sum is a figure of this name."""

    @cached_property
    def id(self) -> str:
        return case_id(self)


class StorageCase(Record, tag_field="kind", tag="storage", dict=True):
    """One storage job in one folder, to be run in `repeats` fresh processes."""

    kind: ClassVar[Literal["storage"]] = "storage"

    metric: str
    unit: str
    job: Job
    engine: Literal["fio", "native"]
    implementation: str
    """The engine with its I/O interface, for example `fio-io_uring`: never mixed in one figure."""
    directory: str
    """Where the marked folder is made."""
    repeats: int

    @cached_property
    def id(self) -> str:
        return case_id(self)


class GuaranteeCase(Record, tag_field="kind", tag="guarantee", dict=True):
    """An IOPS guarantee, tested in one folder in `repeats` replicates with a fresh file each."""

    kind: ClassVar[Literal["guarantee"]] = "guarantee"

    metric: str
    unit: str
    guarantee: str
    """Id of the definition."""
    guarantee_sha256: str
    """Digest of its text: no bound of it can be moved after the fact."""
    tier: str
    capped: bool
    """Declared: the volume is provisioned at exactly the target."""
    array_cache_bytes: int
    """Declared: memory of the array."""
    volume_bytes: int
    """Size of the file system, and ..."""
    memory_bytes: int
    """... memory of this machine, from which with the tier follow ..."""
    needed_bytes: int
    """... the bytes of the file under test."""
    seed: int
    engine: Literal["fio", "native"]
    implementation: str
    directory: str
    """Where the marked folder is made."""
    mount_point: str | None
    """Of the file system of that folder; None where the system does not tell."""
    repeats: int

    @cached_property
    def id(self) -> str:
        return case_id(self)


Case = KernelCase | StorageCase | GuaranteeCase


class Plan(Record, dict=True):
    """The cases of one run, in the order in which they are first run."""

    profile: str
    profile_sha256: str
    only: tuple[str, ...]
    """Globs over metric names that the run was narrowed to; empty for the whole profile."""
    cases: tuple[Case, ...]
    searches: tuple[ShapeSearch, ...] = ()
    """What decided the shapes of some cases, before any of them was measured."""

    def settled(self) -> Self:
        """This plan with the shapes that follow from its searches; itself, if they do."""
        return replace(self, cases=tuple(map(self._settled, self.cases)))

    def _settled(self, case: Case) -> Case:
        if isinstance(case, KernelCase):
            asked = (case.kernel, case.implementation, case.precision)
            for found in self.searches:
                tried = (found.kernel, found.implementation, found.precision)
                shapes = {trial.shape for trial in found.trials}
                if asked == tried and case.device in found.devices and case.shape in shapes:
                    return replace(case, shape=found.shape)
        return case

    def scheduled_cases(self) -> tuple[tuple[Case, int], ...]:
        """Every (case, repeat) in the order of the run."""
        return tuple(entry for step in self.schedule() for entry in step)

    def schedule(self) -> tuple[tuple[tuple[Case, int], ...], ...]:
        """The run in order; what one step holds runs at the same time.

        Each round starts one step further on, so that a room that warms up does not always
        meet the same case.
        """
        sets = self.concurrent_groups()
        order: list[tuple[tuple[Case, int], ...]] = []
        for repeat in range(max((case.repeats for case in self.cases), default=0)):
            shift = repeat % len(sets)
            order += [
                tuple((case, repeat) for case in cases if repeat < case.repeats)
                for cases in sets[shift:] + sets[:shift]
            ]
        return tuple(step for step in order if step)

    def concurrent_groups(self) -> tuple[tuple[Case, ...], ...]:
        """Cases that run at the same time; one that belongs to no group stands alone."""
        sets: dict[tuple[str, str] | int, list[Case]] = {}
        for position, case in enumerate(self.cases):
            group = case.group if isinstance(case, KernelCase) else None
            key = (group, case.implementation) if group is not None else position
            sets.setdefault(key, []).append(case)
        return tuple(tuple(cases) for cases in sets.values())


def case_id(case: Case) -> str:
    """Metric, implementation and a digest of all the rest: equal ids mean equal cases."""
    digest = hashlib.sha256(written_again(case)).hexdigest()[:8]
    return f"{case.metric}-{case.implementation}-{digest}"


def full_name(case: Case) -> str:
    """The metric of this case alone, where several implementations share one metric."""
    return f"{case.metric}.{case.implementation}"


def wanted(case: Case, patterns: tuple[str, ...]) -> bool:
    """Whether one of the globs matches the case's metric, full name or group; none means all."""
    names = [case.metric, full_name(case)]
    if isinstance(case, KernelCase) and case.group is not None:
        names.append(case.group)
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
