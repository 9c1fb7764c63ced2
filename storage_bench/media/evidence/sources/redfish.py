"""Redfish resources (DSP0268): `Drive` with MediaType and RotationSpeedRPM, and `Volume` over them.

The resources may come one in a file, in a list, or within a collection or system whose members were
expanded; what else is there is passed over.
"""

from collections.abc import Sequence

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.condition import Condition
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    integer,
    objects,
    parsed,
    rows,
    table,
    together,
    unknown,
)

LEVEL = EvidenceLevel.CONTROLLER
MEDIA = {"SSD": MediaClass.FLASH, "HDD": MediaClass.DISK, "SMR": MediaClass.DISK}
DRIVES = ("Drive", "HpeSmartStorageDiskDrive", "HpSmartStorageDiskDrive")
LOGICAL = ("HpeSmartStorageLogicalDrive", "HpSmartStorageLogicalDrive")
"""What iLO of Gen9 and Gen10 has beside, or instead of, the resources of the standard."""
NUMBERS = ("NAA", "EUI", "NGUID", "FC_WWN")
"""DurableNameFormat of identifiers that the system sees too."""


def claim(drive: Object) -> Claim:
    """What the management controller says of one drive."""
    kind = drive.get("MediaType")
    rpm = integer(drive.get("RotationSpeedRPM", drive.get("RotationalSpeedRpm")))
    said = f"Redfish says MediaType {kind}"
    media = MEDIA.get(str(kind))
    if media is None:
        if rpm:
            return Claim(MediaClass.DISK, LEVEL, f"Redfish says {rpm} rpm")
        return unknown(LEVEL, f"{said}, which tells nothing")
    if media is MediaClass.FLASH and rpm:
        return Claim(MediaClass.DISPUTED, LEVEL, f"{said}, and {rpm} rpm")
    return Claim(media, LEVEL, said)


def read(*answers: Answer) -> SourceReading:
    """Every drive, and every volume with what is in any of these answers of its drives."""
    found = [entry for answer in answers for entry in objects(parsed(answer.output))]
    drives = [entry for entry in found if _is_drive(entry)]
    hours = {
        str(entry.get("@odata.id", "")).removesuffix("/Metrics"): integer(entry.get("PowerOnHours"))
        for entry in found
        if _kind(entry) == "DriveMetrics"
    }
    reports = [_report(entry, claim(entry), _condition(entry, hours)) for entry in drives]
    by_id: dict[str, list[Object]] = {}
    for entry in drives:
        by_id.setdefault(str(entry.get("@odata.id")), []).append(entry)
    reports += [
        _report(entry, _volume(_below(entry, by_id))) for entry in found if _kind(entry) == "Volume"
    ]
    reports += [_report(entry, claim(entry)) for entry in found if _kind(entry) in LOGICAL]
    if not reports:
        return SourceReading(remarks=("no Redfish resource of type Drive or Volume is in it",))
    nameless = sum(not report.names for report in reports)
    remarks = (f"{nameless} Redfish resources have no identity",) if nameless else ()
    return SourceReading(tuple(report for report in reports if report.names), remarks)


def _below(volume: Object, drives: dict[str, list[Object]]) -> list[Object | None]:
    """The drives of a volume; None for one that is not here, or whose path two servers share."""
    below: list[Object | None] = []
    for link in rows(table(volume.get("Links")).get("Drives", [])):
        meant = drives.get(str(link.get("@odata.id")), [])
        same = all(entry.get("SerialNumber") == meant[0].get("SerialNumber") for entry in meant)
        below.append(meant[0] if meant and same else None)
    return below


def _volume(below: Sequence[Object | None]) -> Claim:
    known = [claim(drive) for drive in below if drive is not None]
    if not known or len(known) < len(below):
        return unknown(LEVEL, "a Redfish volume, whose drives are not all here")
    return together(known, "a volume")


def _report(entry: Object, found: Claim, about: Condition | None = None) -> SourceReport:
    durable = rows(entry.get("Identifiers", []))
    numbers = [one.get("DurableName") for one in durable if one.get("DurableNameFormat") in NUMBERS]
    numbers.append(entry.get("VolumeUniqueIdentifier"))
    names = identity.names(numbers, (entry.get("SerialNumber"),))
    return SourceReport("", names, (found,), about or Condition())


def _condition(drive: Object, hours: dict[str, int | None]) -> Condition:
    """Speeds in Gb/s; HPE's own resource has them in Mb/s."""
    now, best = drive.get("NegotiatedSpeedGbs"), drive.get("CapableSpeedGbs")
    megabits = [integer(drive.get(key)) for key in ("TransferSpeedMbps", "InterfaceSpeedMbps")]
    told = [speed / 1000 if speed else None for speed in megabits]
    return Condition(
        power_on_hours=hours.get(str(drive.get("@odata.id")), integer(drive.get("PowerOnHours"))),
        link_gbps=float(now) if isinstance(now, int | float) and now else told[0],
        link_max_gbps=float(best) if isinstance(best, int | float) and best else told[1],
    )


def _is_drive(entry: Object) -> bool:
    """An empty bay is a Drive whose state is Absent; a link to one has no more than its id."""
    present = table(entry.get("Status")).get("State") != "Absent"
    return _kind(entry) in DRIVES and present


def _kind(entry: Object) -> str:
    """`Drive` of `#Drive.v1_17_0.Drive`; iLO 4 writes `"Type": "HpSmartStorageDiskDrive.1.0.0"`."""
    typed = str(entry.get("@odata.type", "")).rpartition(".")[2]
    return typed or str(entry.get("Type", "")).partition(".")[0]
