"""`zpool status -j` (OpenZFS 2.3 and newer): which drives a pool stands on."""

from storage_bench.media.evidence.report import Answer, SourceReading, objects, parsed, rows, table
from storage_bench.media.evidence.sources.members import whole


def read(answer: Answer) -> SourceReading:
    """Every pool with its leaves; a log, a cache or a spare is a drive like the others."""
    pools = [
        pool
        for one in rows(parsed(answer.output))
        for pool in rows(list(table(one.get("pools")).values()))
    ]
    if not pools:
        return SourceReading(remarks=("no pool is in it (wanted `zpool status -j`)",))
    found = []
    for pool in pools:
        leaves = [one for one in objects(pool) if one.get("vdev_type") == "disk"]
        paths = [str(one.get("path") or one.get("name", "")) for one in leaves]
        found.append(whole(f"zpool {pool.get('name', '?')}", sorted(filter(None, paths))))
    return SourceReading(wholes=tuple(found))
