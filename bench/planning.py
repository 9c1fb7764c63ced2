"""From what is there and what is wanted to the cases of a run. Pure."""

from dataclasses import dataclass
from itertools import product
from typing import Literal, assert_never

from bench.errors import UsageError
from bench.inventory import Device, Inventory
from bench.plan import Case, KernelCase, Plan, StorageCase, wanted
from bench.profile import KernelEntry, Profile, StorageSection
from kernels import KERNELS
from kernels.kernel import Kernel
from storage_bench.job import Job

LLC_MULTIPLE = 4
"""Each array of a bandwidth test is at least this many last-level caches (STREAM's run rules)."""
SMALLEST_ARRAY_BYTES = 64 << 20
UNKNOWN_LLC_BYTES = 128 << 20
"""Taken where the system names no cache: larger than any last-level cache of one socket's core."""
MEMORY_SHARE = 0.7
"""Arrays may fill this share of the memory; beyond it the machine would swap or be killed."""

START_S = {"torch": 4.0}
"""Rough time that a process needs before it measures, by implementation; for `plan` only."""
OTHER_START_S = 1.5


@dataclass(frozen=True, slots=True)
class StorageWay:
    """How storage would be tested here: the engine, its label, and where."""

    engine: Literal["fio", "native"]
    label: str
    directory: str


def plan(
    inventory: Inventory,
    profile: Profile,
    profile_sha256: str,
    storage: StorageWay | None,
    only: tuple[str, ...] = (),
) -> Plan:
    """Every case of the profile for every device, narrowed to the metrics in `only`.

    Raises UsageError where nothing is left of it.
    """
    cases: list[Case] = []
    for device in inventory.devices:
        for entry in profile.kernels:
            cases += _kernel_cases(inventory, device, entry, profile)
    if profile.storage is not None and storage is not None:
        cases += _storage_cases(profile.storage, storage, profile.seed)
    chosen = tuple(case for case in cases if wanted(case, only))
    if not chosen:
        metrics = sorted({case.metric for case in cases})
        raise UsageError(
            f"--only {' '.join(only)} leaves nothing of profile {profile.name}.",
            f"Its metrics here: {', '.join(metrics)}.",
        )
    return Plan(profile.name, profile_sha256, only, chosen)


def longest_s(case: Case) -> float:
    """How long all repeats of a case may take, process start included."""
    match case:
        case KernelCase():
            start_s = START_S.get(case.implementation, OTHER_START_S)
            return case.repeats * (start_s + case.stopping.max_time_s)
        case StorageCase():
            return case.repeats * (OTHER_START_S + case.job.ramp_s + case.job.duration_s)
        case _:
            assert_never(case)


def unfit(case: Case, inventory: Inventory) -> str | None:
    """Why this case cannot be tried on this machine at all, or None."""
    if not (isinstance(case, KernelCase) and case.kernel.startswith("stream.")):
        return None
    arrays = 3 if case.kernel == "stream.triad" else 2
    needed = arrays * case.shape[0] * 8
    available = MEMORY_SHARE * inventory.host.memory_bytes
    if needed <= available:
        return None
    return (
        f"{arrays} arrays of {LLC_MULTIPLE} last-level caches need {needed / 1e9:.1f} GB; "
        f"{available / 1e9:.1f} GB of this machine's memory may be used"
    )


def metric_name(kernel: str, backend: str, precision: str, cores: str) -> str:
    """`cpu.vector.fp32`, `memory.triad`: what the figure of a kernel is called."""
    memory = "memory" if backend == "cpu" else f"{backend}.memory"
    stem = {"fma": f"{backend}.vector.{precision}", "gemm": f"{backend}.matrix.{precision}"}.get(
        kernel, f"{memory}.{kernel.rpartition('.')[2]}"
    )
    return stem if cores == "all" else f"{stem}.one_core"


def _kernel_cases(
    inventory: Inventory, device: Device, entry: KernelEntry, profile: Profile
) -> list[Case]:
    if entry.kernel not in KERNELS:
        raise UsageError(
            f'Profile {profile.name} wants a kernel "{entry.kernel}", which is not known.',
            f"Known are {', '.join(sorted(KERNELS))}.",
        )
    kernel = KERNELS[entry.kernel]
    workers = inventory.host.processor.workers
    for precision, implementation in product(entry.precisions, entry.implementations):
        if implementation not in kernel.implementations or precision not in kernel.precisions:
            raise UsageError(
                f"Kernel {kernel.name} has no {implementation} in {precision}.",
                f"It has {', '.join(kernel.implementations)} in {', '.join(kernel.precisions)}.",
            )
    return [
        KernelCase(
            metric=metric_name(kernel.name, device.backend, precision, cores),
            unit=_unit(kernel, precision),
            kernel=kernel.name,
            implementation=implementation,
            precision=precision,
            shape=entry.shape or _shape(kernel, inventory),
            device=device.uuid,
            cpus=workers if cores == "all" else workers[:1],
            seed=profile.seed,
            stopping=entry.stopping or profile.stopping,
            repeats=entry.repeats,
        )
        for precision, implementation, cores in product(
            entry.precisions, entry.implementations, entry.cores
        )
    ]


def _unit(kernel: Kernel, precision: str) -> str:
    if kernel.measures == "bytes":
        return "B/s"
    return "OP/s" if precision == "int8" else "FLOP/s"


def _shape(kernel: Kernel, inventory: Inventory) -> tuple[int, ...]:
    if not kernel.name.startswith("stream."):
        return kernel.default_shape
    cache = inventory.host.processor.last_level_cache_bytes or UNKNOWN_LLC_BYTES
    return (max(LLC_MULTIPLE * cache, SMALLEST_ARRAY_BYTES) // 8,)


def _storage_cases(section: StorageSection, way: StorageWay, seed: int) -> list[Case]:
    cases: list[Case] = []
    for entry in section.jobs:
        job = Job(
            name=entry.name,
            pattern=entry.pattern,
            block_bytes=entry.block_bytes,
            read_share=entry.read_share,
            depth=entry.depth,
            threads=entry.threads,
            size_bytes=section.size_bytes,
            ramp_s=entry.ramp_s,
            duration_s=entry.duration_s,
            seed=seed,
        )
        cases.append(
            StorageCase(
                metric=f"storage.{entry.name}",
                unit="B/s" if entry.pattern in ("read", "write") else "IO/s",
                job=job,
                engine=way.engine,
                implementation=way.label,
                directory=way.directory,
                repeats=entry.repeats,
            )
        )
    return cases
