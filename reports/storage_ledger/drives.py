"""Listed drives, each counted once however often it was seen."""

from collections.abc import Sequence

from bench.evidence.codec import replace
from reports.declarations.storage_inventory import ListedDrive


def count_once(
    drives: Sequence[ListedDrive], same: Sequence[frozenset[str]] = ()
) -> tuple[list[ListedDrive], list[str]]:
    """Each drive once, in the order of first sight, and what was odd about it.

    `same` are identities of which evidence shows, each set for itself, that they are of one drive.
    """
    aliases = {name: group for group in same for name in group}
    kept: list[ListedDrive | None] = []
    seen: dict[str, int] = {}
    names: list[set[str]] = []
    remarks: list[str] = []
    again = 0
    for drive in drives:
        its = drive.identities.union(*(aliases.get(name, ()) for name in drive.identities))
        known = sorted({seen[name] for name in its if name in seen})
        place = known[0] if known else len(kept)
        if not known:
            kept.append(drive)
            names.append(set())
        for other in [None, *known[1:]]:
            # A list that names a drive by number and one that names it by serial may both stand
            # here until a third names both.
            twin = drive if other is None else kept[other]
            first = kept[place]
            if first is None or twin is None or twin is first:
                continue
            again += 1
            kept[place] = _joined(first, twin, remarks)
            if other is not None:
                kept[other] = None
                names[place] |= names[other]
        names[place] |= its
        seen.update(dict.fromkeys(names[place], place))
    if again:
        remarks.insert(0, f"{again} lines name a drive that another line names too")
    return [drive for drive in kept if drive is not None], remarks


def _joined(first: ListedDrive, second: ListedDrive, remarks: list[str]) -> ListedDrive:
    """One drive out of two lines about it; what they disagree on is told."""
    name = first.serial or first.wwn or first.eui64
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
