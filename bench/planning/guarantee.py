"""The case of an IOPS guarantee: from its definition and the volume that it is tested on. Pure."""

from dataclasses import dataclass
from typing import Literal

from bench.errors import UsageError
from bench.evidence.plan import GuaranteeCase, Plan
from storage_bench.guarantee import definition as guarantees


@dataclass(frozen=True, slots=True)
class Volume:
    """What the size of the file under test depends on."""

    directory: str
    """Where the marked folder is made, resolved."""
    size_bytes: int
    """Of the whole file system."""
    memory_bytes: int
    """Of this machine."""
    mount_point: str | None
    """None where the system does not tell."""


def guarantee_case(
    volume: Volume,
    engine: Literal["fio", "native"],
    implementation: str,
    definition: str | None = None,
    tier: str = "quick",
    capped: bool = False,
    array_cache_bytes: int = 0,
    seed: int = 1,
) -> GuaranteeCase:
    """Plan the case; without a definition by the default one.

    Raises StorageError for an unknown definition, UsageError for a tier that the definition does
    not have.
    """
    name = definition or guarantees.DEFAULT
    demanded = guarantees.load(name)
    if tier not in demanded.tiers:
        raise UsageError(
            f'{demanded.id} has no tier "{tier}".', f"It has {', '.join(demanded.tiers)}."
        )
    if array_cache_bytes < 0 or seed < 0:
        raise UsageError("A seed or a cache below 0 is none.", "Give 0 or more.")
    wanted = demanded.tiers[tier]
    return GuaranteeCase(
        metric=f"storage.guarantee.{tier}",
        unit="IO/s",
        guarantee=name,
        guarantee_sha256=guarantees.text_sha256(name),
        tier=tier,
        capped=capped,
        array_cache_bytes=array_cache_bytes,
        volume_bytes=volume.size_bytes,
        memory_bytes=volume.memory_bytes,
        needed_bytes=wanted.working_set_bytes(
            volume.size_bytes, volume.memory_bytes, demanded.load.block_bytes, array_cache_bytes
        ),
        seed=seed,
        engine=engine,
        implementation=implementation,
        directory=volume.directory,
        mount_point=volume.mount_point,
        repeats=wanted.replicates,
    )


def guarantee_plan(case: GuaranteeCase) -> Plan:
    """A run that consists of this guarantee alone; its profile is the definition."""
    return Plan(case.guarantee, case.guarantee_sha256, (), (case,))
