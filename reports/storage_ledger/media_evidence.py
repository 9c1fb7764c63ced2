"""An inventory that rests on evidence alone: what nobody evidenced is unknown, whatever it says.

A declared class becomes evidenced or disputed, drive by drive, so that the interval of a share
narrows by evidence only; and a list of drives counts only where it makes up the pool. Pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.evidence.codec import replace
from reports.declarations.facility import Medium
from reports.declarations.storage_inventory import NOT_CAPACITY, ListedDrive, Pool, StorageInventory
from reports.storage_ledger.drives import count_once, label
from reports.storage_ledger.shares import ROUNDED, called
from storage_bench.media import identity

Level = Literal["none", "declared", "sysfs", "controller", "identify", "behavioural"]
LARGEST = 1 + ROUNDED
COUNTED: tuple[Level, ...] = ("controller", "identify", "behavioural")
"""The kernel's flag (sysfs) is set by hand and wrong behind RAID cards: it only makes disputes."""


@dataclass(frozen=True, slots=True)
class EvidencedDrive:
    """What was collected about one drive, and the conclusion from it."""

    identities: frozenset[str]
    """As `Drive.identities` writes them."""
    media: Medium
    level: Level
    reason: str


def rest_on(
    inventory: StorageInventory, seen: Sequence[EvidencedDrive]
) -> tuple[StorageInventory, tuple[str, ...]]:
    """The same inventory with every medium as evidence has it, each drive once, and remarks."""
    index = identity.Index([one.identities for one in seen])
    found = [index.find(drive.identities) for drive in inventory.drives]
    remarks: list[str] = []
    lines = [
        _evidenced(drive, [seen[place] for place in places], remarks)
        for drive, places in zip(inventory.drives, found, strict=True)
    ]
    drives, told = count_once(lines, [one.identities for one in seen])
    remarks += told
    pools = tuple(
        _pool(pool, [d for d in drives if d.pool == pool.name and d.role == "data"], remarks)
        for pool in inventory.pools
    )
    listed = sorted({place for places in found for place in places})
    levels = Counter(seen[place].level for place in listed)
    by = ", ".join(f"{count} by {level}" for level, count in sorted(levels.items()))
    remarks.insert(0, f"{len(listed)} of {len(drives)} drives are in the evidence ({by or 'none'})")
    if strays := len(seen) - len(listed):
        remarks.append(f"{strays} drives of the evidence stand in no pool")
    return replace(inventory, pools=pools, drives=tuple(drives)), tuple(dict.fromkeys(remarks))


def _evidenced(
    drive: ListedDrive, seen: Sequence[EvidencedDrive], remarks: list[str]
) -> ListedDrive:
    told = [one for one in seen if one.level in COUNTED and one.media != "unknown"]
    if not told:
        return replace(drive, media="unknown")
    media = told[0].media if len({one.media for one in told}) == 1 else "disputed"
    if media == "disputed" or drive.media not in (media, "unknown"):
        name = label(drive)
        said = "; ".join(f"{one.reason} ({one.media})" for one in told)
        remarks.append(f"drive {name}: declared {drive.media}, evidence: {said}")
        media = "disputed"
    return replace(drive, media=media)


def _pool(pool: Pool, drives: Sequence[ListedDrive], remarks: list[str]) -> Pool:
    """The pool with the class of its drives, if they are all known and all of it."""
    if pool.media in NOT_CAPACITY:
        return pool
    media: Medium = "unknown"
    raw_bytes = sum(drive.raw_bytes for drive in drives)
    kinds = {drive.media for drive in drives}
    if not drives:
        remarks.append(f"{called(pool)}: no drive of it is listed; list them")
    elif raw_bytes < max(pool.raw_bytes or 0, pool.usable_bytes or 0):
        # Else a pool would become flash by listing nothing but its flash drives.
        remarks.append(
            f"{called(pool)}: the drives that are listed do not make up its capacity; list them all"
        )
    elif "disputed" in kinds:
        media = "disputed"
    elif kinds == {"flash", "disk"} and pool.raw_bytes and raw_bytes > pool.raw_bytes * LARGEST:
        # Nobody knows which of the drives are those of the stated size.
        remarks.append(f"{called(pool)}: more drives are listed than its stated size holds")
    elif kinds == {"flash", "disk"}:
        media = "hybrid"
    elif len(kinds) == 1:
        media = drives[0].media
    if media not in ("unknown", "disputed") and pool.media not in (media, "unknown"):
        remarks.append(f"{called(pool)}: declared {pool.media}, and its drives are {media}")
        media = "disputed"
    tier = sum(drive.raw_bytes for drive in drives if drive.media == "flash")
    return replace(
        pool,
        media=media,
        raw_bytes=raw_bytes if media == "hybrid" else pool.raw_bytes,
        flash_raw_bytes=tier if media == "hybrid" else None,
        flash_usable_bytes=None,
    )
