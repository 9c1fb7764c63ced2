"""Cases: a profile's entries on a given machine."""

from dataclasses import dataclass
from itertools import product
from typing import Literal

from bench.errors import UsageError
from bench.evidence.inventory import Device, Inventory
from bench.evidence.plan import Case, KernelCase, StorageCase
from bench.planning import working_sets
from bench.planning.feasibility import LLC_MULTIPLE
from bench.planning.metric_names import metric_name
from bench.planning.profile import KernelEntry, Profile, Purpose, StorageSection
from kernels import KERNELS
from kernels.gemm.torch.shapes import candidate_shapes
from kernels.kernel import Kernel
from storage_bench.job import Job

SMALLEST_ARRAY_BYTES = 64 << 20
UNKNOWN_LLC_BYTES = 128 << 20
"""Taken where the system names no cache: larger than any last-level cache of one socket's core."""

LARGEST_SET_BYTES = 1 << 30
"""A walk line by line through more than this takes seconds."""
SUFFIX: dict[Purpose, str] = {"figure": "", "check": ".check", "short": ".short"}
"""End of the metric's name: what is no figure of the device must not be taken for it."""
ACCELERATOR_ARRAY_BYTES = 1 << 30
"""Of each array of a bandwidth test: four times 256 MB, which no last-level cache of one has."""


@dataclass(frozen=True, slots=True)
class StorageWay:
    """How storage would be tested here: the engine, its label, and where."""

    engine: Literal["fio", "native"]
    label: str
    directory: str


def kernel_cases(
    inventory: Inventory, device: Device, entry: KernelEntry, profile: Profile
) -> list[KernelCase]:
    if entry.kernel not in KERNELS:
        raise UsageError(
            f'Profile {profile.name} wants a kernel "{entry.kernel}", which is not known.',
            f"Known are {', '.join(sorted(KERNELS))}.",
        )
    kernel = KERNELS[entry.kernel]
    for precision, implementation in product(entry.precisions, entry.implementations):
        if implementation not in kernel.implementations or precision not in kernel.precisions:
            raise UsageError(
                f"Kernel {kernel.name} has no {implementation} in {precision}.",
                f"It has {', '.join(kernel.implementations)} in {', '.join(kernel.precisions)}.",
            )
    return [
        KernelCase(
            metric=stem + suffix + SUFFIX[entry.purpose],
            unit=_unit(kernel, precision),
            kernel=kernel.name,
            implementation=implementation,
            precision=precision,
            shape=entry.shape or _shape(kernel, inventory, device, precision, entry.largest_bytes),
            device=device.uuid,
            cpus=cpus,
            seed=profile.seed,
            stopping=entry.stopping or profile.stopping,
            repeats=entry.repeats,
            group=stem + SUFFIX[entry.purpose] if grouped else None,
        )
        for precision, implementation in product(entry.precisions, entry.implementations)
        if kernel.absent_from(implementation, _architecture(device)) is None
        for stem in (metric_name(kernel.name, device.backend, precision),)
        for suffix, cpus, grouped in _ways(inventory, device, entry)
    ]


def _ways(
    inventory: Inventory, device: Device, entry: KernelEntry
) -> list[tuple[str, tuple[int, ...], bool]]:
    """How an entry is run on a device: end of the metric's name, CPUs, and whether in a group."""
    workers = inventory.host.processor.workers
    if device.backend == "cpu":
        ways = {"all": ("", workers, False), "one": (".one_core", workers[:1], False)}
        return [ways[cores] for cores in entry.cores]
    peers = [peer for peer in inventory.devices if peer.backend == device.backend]
    cpus = feeding_cpus(inventory, device)
    if len(peers) == 1:
        # Alone and together are the same.
        return [("", cpus, False)] if "together" in entry.cards else []
    name = f".{'npu' if device.backend == 'ascend' else 'gpu'}{device.index}"
    ways = {"together": (name, cpus, True), "alone": (f"{name}.alone", cpus, False)}
    return [ways[cards] for cards in entry.cards]


def feeding_cpus(inventory: Inventory, device: Device) -> tuple[int, ...]:
    """CPUs for the worker of an accelerator: of those next to it, a share of its own."""
    processor = inventory.host.processor
    node = _node(device)
    near = tuple(
        core.cpus[0]
        for core in processor.cores
        if core.numa_node == node and core.cpus[0] in processor.workers
    )
    cpus = near if node is not None and near else processor.workers
    rivals = [d for d in inventory.devices if d.backend != "cpu" and _node(d) == node]
    share = len(cpus) // len(rivals)
    if share == 0:  # more devices than cores: they have to share
        return cpus
    position = rivals.index(device)
    return cpus[position * share : (position + 1) * share]


def _architecture(device: Device) -> str | None:
    return None if device.accelerator is None else device.accelerator.architecture


def _node(device: Device) -> int | None:
    return None if device.accelerator is None else device.accelerator.numa_node


def _unit(kernel: Kernel, precision: str) -> str:
    if kernel.measures != "ops":
        return "B/s" if kernel.measures == "bytes" else "load/s"
    return "OP/s" if precision == "int8" else "FLOP/s"


def _shape(
    kernel: Kernel,
    inventory: Inventory,
    device: Device,
    precision: str,
    largest_bytes: int | None,
) -> tuple[int, ...]:
    cache = inventory.host.processor.last_level_cache_bytes or UNKNOWN_LLC_BYTES
    if kernel.name in ("chase", "ladder"):
        beyond = min(max(2 * cache, SMALLEST_ARRAY_BYTES), LARGEST_SET_BYTES)
        return working_sets.sizes(largest_bytes or beyond)
    if kernel.name == "gemm" and device.backend != "cpu":
        return candidate_shapes(device.name, precision)[0]
    if not kernel.name.startswith("stream."):
        return kernel.default_shape
    if device.backend != "cpu":
        return (ACCELERATOR_ARRAY_BYTES // 8,)
    return (max(LLC_MULTIPLE * cache, SMALLEST_ARRAY_BYTES) // 8,)


def storage_cases(section: StorageSection, way: StorageWay, seed: int) -> list[Case]:
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
