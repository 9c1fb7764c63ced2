"""What pools and arrays call their drives: device nodes, and the links of `/dev/disk/by-id`."""

import re

from storage_bench.media import identity
from storage_bench.media.evidence.report import SourceReport, Whole

PARTITION = re.compile(r"(/dev/(?:[svhx]+d[a-z]+|(?:nvme\d+n\d+|mmcblk\d+)(?=p)))p?\d+")


def whole(name: str, paths: list[str]) -> Whole:
    """A whole by the paths of its members, each once."""
    return Whole(name, tuple(dict.fromkeys(map(member, paths))))


def member(path: str) -> SourceReport:
    """One drive, by its number or serial number where the path has it, else by its node."""
    node = path if path.startswith("/") else f"/dev/{path}"
    link = re.sub(r"-part\d+$", "", node.rpartition("/")[2])
    kind, _, rest = link.partition("-")
    names: frozenset[str] = frozenset()
    if kind == "wwn" or rest.startswith("eui."):
        names = identity.names((rest,))
    elif kind in ("ata", "scsi", "nvme", "usb"):
        names = identity.names(serials=(rest.rpartition("_")[2],))
    match = PARTITION.fullmatch(node)
    return SourceReport(match[1] if match else node, names, ())
