"""`storcli64 /call/eall/sall show all J` and `/call/vall show all J`; also perccli64 and storcli2.

A drive's medium stands in column `Med`, its identity in the detailed table beside it; a volume has
the drives that it is made of, and the number under which the system sees it.
"""

import re

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.condition import Condition
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    objects,
    parsed,
    rows,
    table,
    together,
    unknown,
)

LEVEL = EvidenceLevel.CONTROLLER
MEDIA = {"SSD": MediaClass.FLASH, "HDD": MediaClass.DISK}


def claim(row: Object) -> Claim:
    """What the controller says of one physical drive."""
    said = str(row.get("Med", "nothing"))
    media = MEDIA.get(said.upper())
    if media is None:
        return unknown(LEVEL, f"the RAID controller says {said} of its medium")
    return Claim(media, LEVEL, f"the RAID controller says {said}")


def read(answer: Answer) -> SourceReading:
    """Every drive with its identity, and every volume, of all controllers that answered."""
    reports: list[SourceReport] = []
    remarks: list[str] = []
    listed = 0
    documents = rows(parsed(answer.output))
    for controller in [each for one in documents for each in rows(one.get("Controllers", []))]:
        status = table(controller.get("Command Status"))
        if status.get("Status") != "Success":
            why = status.get("Description", "no reason given")
            remarks.append(f"controller {status.get('Controller', '?')} did not answer: {why}")
            continue
        data = table(controller.get("Response Data"))
        # An HBA has its drives one floor further down, below "Physical Device Information".
        for below in objects(data):
            for read_these in (_drives, _volumes, _new_drives, _new_volumes):
                reports += read_these(below)
            listed += len([row for row in rows(below.get("PD LIST", [])) if "Med" in row])
    nameless = sum(not report.names for report in reports) or (0 if reports else listed)
    if nameless:
        remarks.append(f"{nameless} drives without an identity (`show all J` has it)")
    if not reports and not remarks:
        remarks.append("no controller is in it (wanted storcli's JSON, `J` at the end)")
    return SourceReading(tuple(report for report in reports if report.names), tuple(remarks))


def _drives(data: Object) -> list[SourceReport]:
    found = []
    for key, value in data.items():
        if not re.fullmatch(r"Drive /c\d+(/e\d+)?/s\d+", key):
            continue
        detail = table(data.get(f"{key} - Detailed Information"))
        about = table(detail.get(f"{key} Device attributes"))
        names = identity.names((about.get("WWN"),), (about.get("SN"),))
        speeds = Condition(
            link_gbps=_speed(about.get("Link Speed")),
            link_max_gbps=_speed(about.get("Device Speed")),
        )
        found += [SourceReport("", names, (claim(row),), speeds) for row in rows(value)]
    return found


def _new_drives(data: Object) -> list[SourceReport]:
    """As storcli2 writes a drive, the twin for controllers from 9600 on."""
    about = table(data.get("Drive Detailed Information"))
    numbers = (about.get("WWN"),)
    names = identity.names(numbers, (about.get("Serial Number", about.get("SN")),))
    row = table(data.get("Drive Information"))
    return [SourceReport("", names, (claim(row),))] if row else []


def _new_volumes(data: Object) -> list[SourceReport]:
    """As storcli2 writes a volume: its drives and its properties side by side."""
    numbers = [
        value["SCSI NAA Id"]
        for value in data.values()
        if isinstance(value, dict) and "SCSI NAA Id" in value
    ]
    members = [row for value in data.values() for row in rows(value) if "Med" in row]
    if len(numbers) != 1 or not members or any(key.startswith("PDs for VD ") for key in data):
        return []
    known = together([claim(row) for row in members], "a RAID volume")
    return [SourceReport("", identity.names(numbers), (known,))]


def _speed(text: object) -> float | None:
    """Of `12.0Gb/s`."""
    match = re.match(r"(\d+(?:\.\d+)?)\s*G", str(text))
    return float(match[1]) if match else None


def _volumes(data: Object) -> list[SourceReport]:
    found = []
    for key, value in data.items():
        match = re.fullmatch(r"PDs for VD (\d+)", key)
        if not match:
            continue
        number = table(data.get(f"VD{match[1]} Properties")).get("SCSI NAA Id")
        members = [claim(row) for row in rows(value)]
        found.append(
            SourceReport("", identity.names((number,)), (together(members, "a RAID volume"),))
        )
    return found
