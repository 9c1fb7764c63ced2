"""What testing a guarantee here comes to: a case, from the definition, the folder, the machine."""

import os
from pathlib import Path

from bench.errors import UsageError
from bench.plan import GuaranteeCase, Plan
from storage_bench import engine as engines
from storage_bench import guarantee as guarantees
from storage_bench import mounts
from storage_bench.engine import Engine


def guarantee_case(
    directory: Path,
    definition: str | None = None,
    tier: str = "quick",
    capped: bool = False,
    array_cache_bytes: int = 0,
    seed: int = 1,
    engine: Engine | None = None,
) -> GuaranteeCase:
    """The case; without a definition the default one, without an engine the one for here.

    Raises StorageError for an unknown definition or a missing engine, UsageError for a tier that
    the definition does not have.
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
    place = directory.resolve()
    status = os.statvfs(place)
    volume_bytes = status.f_blocks * status.f_frsize
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    mount = mounts.mount_of(place, Path("/"))
    chosen = engines.choose()[0] if engine is None else engine
    return GuaranteeCase(
        metric=f"storage.guarantee.{tier}",
        unit="IO/s",
        guarantee=name,
        guarantee_sha256=guarantees.text_sha256(name),
        tier=tier,
        capped=capped,
        array_cache_bytes=array_cache_bytes,
        volume_bytes=volume_bytes,
        memory_bytes=memory_bytes,
        needed_bytes=wanted.working_set_bytes(
            volume_bytes, memory_bytes, demanded.load.block_bytes, array_cache_bytes
        ),
        seed=seed,
        engine=chosen,
        implementation=engines.label(chosen, timed=True),
        directory=str(place),
        mount_point=None if mount is None else mount.point,
        repeats=wanted.replicates,
    )


def guarantee_plan(case: GuaranteeCase) -> Plan:
    """A run that consists of this guarantee alone; its profile is the definition."""
    return Plan(case.guarantee, case.guarantee_sha256, (), (case,))
