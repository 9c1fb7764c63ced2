"""`ceph osd metadata -f json`: weak, because it repeats the kernel's flag and an admin's class.

`rotational` is the flag of sysfs as the OSD found it when it began; the device class is a string
that anybody with rights may set, and that OSDs set by the flag where nobody did.
"""

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    parsed,
    rows,
)

FLAG, CLASS = EvidenceLevel.SYSFS, EvidenceLevel.DECLARED
CLASSES = {"ssd": MediaClass.FLASH, "nvme": MediaClass.FLASH, "hdd": MediaClass.DISK}


def claims(osd: Object) -> tuple[Claim, ...]:
    """The flag as a claim of sysfs, the class as a declaration."""
    found = []
    flag = osd.get("bluestore_bdev_rotational", osd.get("rotational"))
    if str(flag) in ("0", "1"):
        media = MediaClass.DISK if str(flag) == "1" else MediaClass.FLASH
        found.append(Claim(media, FLAG, f"Ceph repeats rotational flag {flag}"))
    named = str(osd.get("default_device_class", ""))
    if named in CLASSES:
        found.append(Claim(CLASSES[named], CLASS, f"Ceph's device class is {named}"))
    return tuple(found)


def read(answer: Answer) -> SourceReading:
    """Every OSD that stands on one known drive."""
    reports: list[SourceReport] = []
    remarks: list[str] = []
    for osd in rows(parsed(answer.output)):
        name = f"osd.{osd.get('id', '?')}"
        drive = _drive(osd)
        if drive is None:
            remarks.append(f"{name}: which drive holds its data is not told")
            continue
        reports.append(SourceReport("", identity.names(serials=(drive,)), claims(osd)))
    if not reports and not remarks:
        remarks.append("no OSD is in it (wanted `ceph osd metadata -f json`)")
    return SourceReading(tuple(reports), tuple(remarks))


def _drive(osd: Object) -> str | None:
    """Serial number of the one drive that holds the data: `sdb=VENDOR_MODEL_SERIAL`."""
    pairs = [entry.partition("=") for entry in str(osd.get("device_ids", "")).split(",")]
    by_name = {name: text for name, _, text in pairs if text}
    data = [name for name in str(osd.get("bluestore_bdev_devices", "")).split(",") if name]
    if not data and len(by_name) == 1:
        data = list(by_name)
    found = by_name.get(data[0], "") if len(data) == 1 else ""
    return found.rpartition("_")[2] or None
