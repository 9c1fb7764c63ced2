"""`storcli64 /call/eall/sall show all J` and `/call/vall show all J`, also of its twin perccli64.

A drive's medium stands in column `Med`, its identity in the detailed table beside it; a volume has
the drives that it is made of, and the number under which the system sees it.
"""

import re

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
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
    for controller in rows(table(parsed(answer.output)).get("Controllers", [])):
        status = table(controller.get("Command Status"))
        if status.get("Status") != "Success":
            why = status.get("Description", "no reason given")
            remarks.append(f"controller {status.get('Controller', '?')} did not answer: {why}")
            continue
        data = table(controller.get("Response Data"))
        reports += [*_drives(data), *_volumes(data)]
    nameless = sum(not report.names for report in reports)
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
        found += [SourceReport("", names, (claim(row),)) for row in rows(value)]
    return found


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
