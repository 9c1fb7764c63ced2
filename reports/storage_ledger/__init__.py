"""The capacity ledger: storage in whole bytes, and bounds of its advanced share. Pure.

Raw is the sum of the drives, usable what is left after redundancy, effective what data reduction is
said to make of it. Only raw and usable carry a share: what reduction claims proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.evidence.codec import replace
from reports.declarations.facility import Facility
from reports.declarations.loader import read_shipped, shipped
from reports.declarations.storage_inventory import NOT_CAPACITY, Pool, StorageInventory
from reports.judgement.guarantees import Certificate, proof_of
from reports.storage_ledger.drives import count_once
from reports.storage_ledger.shares import (
    Amount,
    Definition,
    PoolEntry,
    Share,
    amount,
    called,
    share,
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All figures of an inventory."""

    name: str
    amounts: tuple[Amount, ...]
    shares: tuple[Share, ...]
    remarks: tuple[str, ...]
    """What was counted once, left out, or does not fit together."""


def definitions() -> tuple[Definition, ...]:
    """The readings that come with capbench."""
    folder = "declarations/advanced_storage"
    return tuple(read_shipped(Definition, folder, name) for name in shipped(folder))


def of_facility(facility: Facility) -> StorageInventory:
    """The shared pools of a facility; it says nothing of drives, IOPS or reduction."""
    pools = tuple(
        Pool(
            name=pool.name,
            media=pool.media,
            source=pool.source,
            usable_bytes=pool.usable_bytes,
            raw_bytes=pool.raw_bytes,
            flash_usable_bytes=pool.flash_usable_bytes,
            flash_raw_bytes=pool.flash_raw_bytes,
        )
        for pool in facility.pools
        if pool.shared
    )
    return StorageInventory(facility.name, pools)


def ledger(
    inventory: StorageInventory,
    readings: Sequence[Definition],
    wanted: Fraction | None = None,
    found: Sequence[Certificate] = (),
) -> Ledger:
    """Add everything up; `wanted` is the share for the lower bound, `found` evidence beside it."""
    drives, remarks = count_once(inventory.drives)
    pools = []
    for listed in inventory.pools:
        pool = _guaranteed_by(listed, found, remarks)
        if pool.media in NOT_CAPACITY:
            remarks.append(f"{called(pool)}: {pool.media} is no capacity here, and not counted")
            continue
        entry = PoolEntry.of(pool, [drive for drive in drives if drive.pool == pool.name], remarks)
        pools.append(entry)
    shares = [
        share(pools, reading, basis, lenient, wanted)
        for reading in readings
        for basis in ("usable", "raw")
        for lenient in (False, True)
    ]
    return Ledger(
        name=inventory.name,
        amounts=tuple(amount(pools, basis) for basis in ("raw", "usable", "effective")),
        shares=tuple(shares),
        remarks=(*inventory.notes, *remarks),
    )


def _guaranteed_by(pool: Pool, found: Sequence[Certificate], remarks: list[str]) -> Pool:
    """The pool with the guarantee that evidence shows, and a remark on what it rests on."""
    shown = proof_of(pool.host, pool.mount_point, found)
    if shown is None:
        if pool.guarantee is not None:
            said = f"{called(pool)}: guarantee {pool.guarantee} is only declared"
            remarks.append(f"{said}; give its sealed test by --bundle")
        return pool
    said = f"{shown.verdict} ({shown.threshold_iops:.0f} IOPS) evidenced by run {shown.run_id}"
    if pool.guarantee not in (None, shown.verdict.value):
        said += f", though {pool.guarantee} is declared"
    remarks.append(f"{called(pool)}: guarantee {said}")
    return replace(pool, guarantee=shown.verdict.value)
