"""`lvs -o +devices --reportformat json` and `pvs --reportformat json`: drives of a volume group."""

import re

from storage_bench.media.evidence.report import Answer, SourceReading, objects, parsed
from storage_bench.media.evidence.sources.members import whole

WANTED = "no device is in it (wanted `lvs -o +devices --reportformat json`)"


def read(answer: Answer) -> SourceReading:
    """Every logical volume, and every group of physical volumes, with its devices."""
    paths: dict[str, list[str]] = {}
    for row in objects(parsed(answer.output)):
        group = row.get("vg_name", "?")
        if "devices" in row:
            # `/dev/sda(0),/dev/sdb(128)`: where in the device the volume begins.
            found = re.findall(r"(/dev/[^,()]+)\(\d+\)", str(row["devices"]))
            paths.setdefault(f"volume {group}/{row.get('lv_name', '?')}", []).extend(found)
        elif "pv_name" in row:
            paths.setdefault(f"volume group {group}", []).append(str(row["pv_name"]))
    wholes = tuple(whole(name, sorted(found)) for name, found in paths.items() if found)
    return SourceReading(wholes=wholes, remarks=() if wholes else (WANTED,))
