"""Listed drives, each counted once however often it was seen."""

from collections.abc import Sequence

from bench.evidence.codec import replace
from reports.declarations.storage_inventory import ListedDrive
from storage_bench.media import identity


def count_once(
    drives: Sequence[ListedDrive], same: Sequence[frozenset[str]] = ()
) -> tuple[list[ListedDrive], list[str]]:
    """Each drive once, in the order of first sight, and what was odd about it.

    `same` are identities of which evidence shows, each set for itself, that they are of one drive.
    A line without an identity is a drive of its own: nothing tells whether it stands there twice.
    """
    kept: list[ListedDrive] = []
    odd: list[str] = []
    twins: list[ListedDrive] = []
    for members in identity.groups([*(drive.identities for drive in drives), *same]):
        lines = [drives[index] for index in members if index < len(drives)]
        for drive in lines[:1]:
            joined = drive
            for twin in lines[1:]:
                joined = _joined(joined, twin, odd)
            kept.append(joined)
            twins += lines[1:]
    remarks = []
    if twins:
        places = [drive.place for drive in twins if drive.place]
        shown = ", ".join(places[:5]) + (" ..." if len(places) > 5 else "")
        where = f" ({shown}): counted once" if places else ""
        remarks.append(f"{len(twins)} lines name a drive that another line names too{where}")
    return kept, [*remarks, *_nameless(drives, same), *odd]


def _nameless(drives: Sequence[ListedDrive], same: Sequence[frozenset[str]]) -> list[str]:
    """What was counted by line, and the names that tell no drive from another."""
    remarks = []
    if nameless := sum(not drive.identities for drive in drives):
        remarks.append(
            f"{nameless} lines name no drive (no serial or world-wide number, or a placeholder): "
            "each is counted as a drive; add serial numbers, so that none counts twice"
        )
    listed = {name for drive in drives for name in drive.identities}
    shared = identity.shared([*(drive.identities for drive in drives), *same])
    for name, bearers in sorted(shared.items()):
        if name in listed:
            remarks.append(f"{bearers} different drives are said to have {name}: no identity")
    return remarks


def label(drive: ListedDrive) -> str:
    """What to call a drive in a remark."""
    name = drive.serial or drive.wwn or drive.eui64 or f"without a name in pool {drive.pool}"
    return f"{name} ({drive.place})" if drive.place else name


def _joined(first: ListedDrive, second: ListedDrive, remarks: list[str]) -> ListedDrive:
    """One drive out of two lines about it; what they disagree on is told."""
    name = label(first)
    joined = first
    if first.raw_bytes != second.raw_bytes:
        smaller = min(first.raw_bytes, second.raw_bytes)
        remarks.append(f"drive {name}: {first.raw_bytes} and {second.raw_bytes} bytes; the less")
        joined = replace(joined, raw_bytes=smaller)
    if first.media != second.media and "unknown" not in (first.media, second.media):
        remarks.append(f"drive {name}: {first.media} and {second.media}")
        joined = replace(joined, media="disputed")
    elif first.media == "unknown":
        joined = replace(joined, media=second.media)
    if first.pool != second.pool:
        remarks.append(f"drive {name}: in pool {first.pool} and in {second.pool}; the first")
    return joined
