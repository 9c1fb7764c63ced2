"""`mdadm --detail` (also `--export`) and `/proc/mdstat`: which drives an array stands on."""

import re

from storage_bench.media.evidence.report import Answer, SourceReading
from storage_bench.media.evidence.sources.members import whole

ARRAY = re.compile(r"^(?:/dev/(md\S+):|(md\w+) :|MD_DEVNAME=(\S+))", re.MULTILINE)
MEMBER = re.compile(
    r"^MD_DEVICE_\w+_DEV=(/dev/\S+)|^(?:\s+(?:\d+|-)){4}\s.*?(/dev/\S+)$|(\w+)\[\d+\]", re.MULTILINE
)


def read(answer: Answer) -> SourceReading:
    """Every array of the text."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in answer.output.splitlines():
        if match := ARRAY.match(line):
            name = f"array {next(filter(None, match.groups()))}"
            found.setdefault(name, [])
        members = [next(filter(None, each)) for each in MEMBER.findall(line)]
        if members:
            found.setdefault(name or "array", []).extend(members)
    wholes = tuple(whole(name, sorted(paths)) for name, paths in found.items() if paths)
    wanted = "no array is in it (wanted `mdadm --detail` or /proc/mdstat)"
    return SourceReading(wholes=wholes, remarks=() if wholes else (wanted,))
