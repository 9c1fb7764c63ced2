"""`lsblk --json -b -O`: which numbers belong to one drive, and the kernel's flag as it stood.

Before util-linux 2.33 every value is text; sizes are read nowhere here.
"""

from pathlib import Path

from storage_bench.media import identity
from storage_bench.media.classify import sysfs_claims
from storage_bench.media.devices import opaque
from storage_bench.media.drive import Drive
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    objects,
    parsed,
    rows,
    table,
)

FABRICS = {"tcp": "nvme-tcp", "rdma": "nvme-rdma", "fcoe": "fc", "iser": "iscsi", "srp": "fc"}
"""How newer versions write a way over a network that has another name in this program."""
FLAGS = {"0": False, "1": True, "false": False, "true": True}


def disks(output: str) -> tuple[str, ...]:
    """Kernel names of the whole drives: no partitions, and nothing that is made of others."""
    found = rows(table(parsed(output)).get("blockdevices", []))
    return tuple(str(row["name"]) for row in found if _is_drive(row))


def read(answer: Answer) -> SourceReading:
    """Every drive of the list; a claim of the weakest level, for contradictions."""
    found = [row for row in objects(parsed(answer.output)) if _is_drive(row)]
    if not found:
        return SourceReading(remarks=("lsblk lists no drive",))
    return SourceReading(tuple(_report(row) for row in found))


def _is_drive(row: Object) -> bool:
    name = str(row.get("name", ""))
    return row.get("type") == "disk" and not name.startswith(("zram", "ram", "loop", "nbd", "rbd"))


def _report(row: Object) -> SourceReport:
    name = str(row["name"])
    parts = [str(row.get(key) or "").strip() for key in ("vendor", "model")]
    model = " ".join(part for part in parts if part and part != "ATA")
    names = identity.names((row.get("wwn"),), (row.get("serial"),))
    transport = FABRICS.get(str(row.get("tran")), row.get("tran"))
    drive = Drive(
        name=name,
        model=model or None,
        serial=None,
        size_bytes=None,
        transport=str(transport) if transport else None,
        rotational=FLAGS.get(str(row.get("rota")).lower()),
        opaque=opaque(Path(name), model, names),
        names=names,
    )
    return SourceReport(f"/dev/{name}", names, sysfs_claims(drive))
