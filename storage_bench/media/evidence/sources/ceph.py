"""`ceph osd metadata`, `device ls`, `osd df` (`-f json`): weak, a flag and an admin's class.

`rotational` is the flag of sysfs as the OSD found it when it began; the device class is a string
that anybody with rights may set, and that OSDs set by the flag where nobody did.
"""

from pathlib import Path

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.devices import opaque
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    parsed,
    rows,
    unknown,
)

FLAG, CLASS = EvidenceLevel.SYSFS, EvidenceLevel.DECLARED
CLASSES = {"ssd": MediaClass.FLASH, "nvme": MediaClass.FLASH, "hdd": MediaClass.DISK}
WANTED = "(wanted `ceph osd metadata -f json`)"


def claims(osd: Object) -> tuple[Claim, ...]:
    """The flag as a claim of sysfs, the class as a declaration."""
    found = []
    flag = osd.get("bluestore_bdev_rotational", osd.get("rotational"))
    if str(flag) in ("0", "1"):
        media = MediaClass.DISK if str(flag) == "1" else MediaClass.FLASH
        found.append(Claim(media, FLAG, f"Ceph repeats rotational flag {flag}"))
    named = str(osd.get("default_device_class", osd.get("device_class", "")))
    if named in CLASSES:
        found.append(Claim(CLASSES[named], CLASS, f"Ceph's device class is {named}"))
    return tuple(found)


def read(*answers: Answer) -> SourceReading:
    """Every OSD that stands on one known drive, by all that these answers tell of it."""
    found = [row for answer in answers for row in rows(parsed(answer.output))]
    reports: list[SourceReport] = []
    remarks: list[str] = []
    used = [node for row in found for node in rows(row.get("nodes", [])) if "id" in node]
    devices = [row for row in found if "devid" in row]
    for osd in (row for row in found if "devid" not in row and "nodes" not in row):
        name = f"osd.{osd.get('id', '?')}"
        drive = _drive(osd)
        if drive is None:
            remarks.append(f"{name}: which drive holds its data is not told")
            continue
        reports.append(_report(*drive, claims(osd)))
    reports += [_listed(device, devices, used) for device in devices]
    if used and not devices:
        remarks.append(f"{len(used)} OSDs of `osd df` are told, and their drives by `device ls`")
    if not reports and not remarks:
        remarks.append(f"no OSD is in it {WANTED}")
    return SourceReading(tuple(reports), tuple(remarks))


def _report(name: str, text: str, said: tuple[Claim, ...]) -> SourceReport:
    """A drive that Ceph calls VENDOR_MODEL_SERIAL; a virtual one's flag and class say nothing."""
    model, _, serial = text.rpartition("_")
    names = identity.names(serials=(serial,))
    if reason := opaque(Path(name), model.replace("_", " "), names):
        said = (unknown(FLAG, f"Ceph repeats a flag that is discounted: {reason}"),)
    return SourceReport("", names, said)


def _listed(device: Object, devices: list[Object], used: list[Object]) -> SourceReport:
    """A line of `device ls`, with the class of its OSD where that stands on no other drive."""
    daemons = _daemons(device)
    sole = [one for one in daemons if sum(one in _daemons(other) for other in devices) == 1]
    named = {f"osd.{node['id']}": node for node in used}
    said = tuple(claim for one in sole if one in named for claim in claims(named[one]))
    places = rows(device.get("location", []))
    return _report(str(places[0].get("dev", "")) if places else "", str(device["devid"]), said)


def _daemons(device: Object) -> list[str]:
    told = device.get("daemons", [])
    return [str(one) for one in told] if isinstance(told, list) else []


def _drive(osd: Object) -> tuple[str, str] | None:
    """Kernel name and description of the one drive that holds the data."""
    pairs = [entry.partition("=") for entry in str(osd.get("device_ids", "")).split(",")]
    by_name = {name: text for name, _, text in pairs if text}
    data = [name for name in str(osd.get("bluestore_bdev_devices", "")).split(",") if name]
    if not data and len(by_name) == 1:
        data = list(by_name)
    text = by_name.get(data[0], "") if len(data) == 1 else ""
    return (data[0], text) if text.rpartition("_")[2] else None
