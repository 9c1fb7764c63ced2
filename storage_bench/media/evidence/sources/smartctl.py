"""`smartctl --json -i`: what a drive says of itself (smartmontools 7.0 and newer).

The exit status is a set of bits of which only the two lowest mean that nothing was read; the
others speak of the drive's health.
"""

import re

from storage_bench.media import devices, identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.condition import Condition
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    integer,
    parsed,
    rows,
    table,
    unknown,
)
from storage_bench.media.evidence.sources import nvme

LEVEL = EvidenceLevel.IDENTIFY
IDENTIFIED = {"rotation_rate", "model_name", "scsi_model_name", "serial_number", "logical_unit_id"}
"""What an answer has that speaks of the drive, and not only of its logs."""
NOTHING_READ = 0b11
"""The command line was wrong, or the device could not be opened."""
MIN_RPM = 0x401
"""Lower ones are reserved in word 217 of ATA's IDENTIFY DEVICE and in SCSI's page B1h."""


def claim(status: int | None, output: str) -> Claim:
    """What the drive says of its medium; class unknown, with the reason, where that is nothing."""
    found = parsed(output)
    if not isinstance(found, dict):
        return unknown(LEVEL, "smartctl's answer is no JSON")
    return _claim(status, found)


def _claim(status: int | None, found: Object) -> Claim:
    if _exit_status(status, found) & NOTHING_READ:
        return unknown(LEVEL, f"smartctl could not ask the drive: {_messages(found)}")
    model = str(found.get("model_name", found.get("scsi_model_name", "")))
    if reason := _hidden(found, model):
        return unknown(LEVEL, f"{reason}: what it says of turning is not a drive's word")
    rate = found.get("rotation_rate")
    if not isinstance(rate, int) or isinstance(rate, bool):
        # smartctl leaves out what the drive does not say.
        if _speaks_nvme(found):
            version = table(found.get("nvme_version"))
            return nvme.by_version(integer(version.get("value")), str(version.get("string", "")))
        return unknown(LEVEL, "the drive does not say whether it turns")
    if rate == 0:
        return Claim(MediaClass.FLASH, LEVEL, "the drive says 0 rpm")
    if rate < MIN_RPM:
        return unknown(LEVEL, f"the drive says {rate} rpm, which is a reserved value")
    return Claim(MediaClass.DISK, LEVEL, f"the drive says {rate} rpm")


def _hidden(found: Object, model: str) -> str | None:
    vendor = integer(table(found.get("nvme_pci_vendor")).get("id"))
    protocol = table(found.get("device")).get("protocol")
    bridge = devices.bridged(model) if protocol == "SCSI" else None
    names = frozenset() if protocol == "NVMe" else _names(found)
    return devices.hidden_by(model, names, vendor) or bridge


def speaks_nvme(output: str) -> bool:
    """Whether the drive was asked as an NVMe drive."""
    return _speaks_nvme(table(parsed(output)))


def _speaks_nvme(found: Object) -> bool:
    return table(found.get("device")).get("protocol") == "NVMe"


def read(answer: Answer) -> SourceReading:
    """The drive that was asked; in a file of somebody, all that were asked."""
    reports: list[SourceReport] = []
    remarks: list[str] = []
    for found in rows(parsed(answer.output)) or [{}]:
        about = _claim(answer.status, found) if found else claim(None, "")
        if not found or _exit_status(answer.status, found) & NOTHING_READ:
            remarks.append(f"{' '.join(answer.command)}: {about.reason}")
            continue
        # A file may come from another host, where the same device is another drive.
        place = _place(found) if answer.status is not None else ""
        claims = (about,) if IDENTIFIED & found.keys() else ()
        reports.append(SourceReport(place, _names(found), claims, _condition(found)))
    return SourceReading(tuple(reports), tuple(remarks))


def logs(output: str) -> tuple[str, ...]:
    """What to ask a drive further that answered so: its hours, by Seagate's own log too (7.4)."""
    found = table(parsed(output))
    if not found.get("serial_number"):
        return ()
    version = table(found.get("smartctl")).get("version")
    said = (str(found.get(key, "")) for key in ("model_family", "scsi_vendor", "model_name"))
    has_farm = re.search(r"SEAGATE|\bST\d{3,}", " ".join(said).upper()) is not None
    newer = isinstance(version, list) and version >= [7, 4]
    return ("-A", "-l", "farm") if has_farm and newer else ("-A",)


def _condition(found: Object) -> Condition:
    speed = table(found.get("interface_speed"))
    now, best = (_gbps(table(speed.get(key))) for key in ("current", "max"))
    log = table(found.get("seagate_farm_log"))
    sata, sas = (table(log.get(key)) for key in ("page_1_drive_information", "drive_information"))
    return Condition(
        power_on_hours=integer(table(found.get("power_on_time")).get("hours")),
        farm_hours=integer(sata.get("poh", sas.get("power_on_hour"))),
        link_gbps=now,
        link_max_gbps=best,
    )


def _gbps(speed: Object) -> float | None:
    units, bits = integer(speed.get("units_per_second")), integer(speed.get("bits_per_unit"))
    return units * bits / 1e9 if units and bits else None


def _names(found: Object) -> frozenset[str]:
    numbers: list[object] = [found.get("logical_unit_id")]
    wwn = table(found.get("wwn"))
    if parts := _integers(wwn, "naa", "oui", "id"):
        numbers.append(f"{parts[0]:x}{parts[1]:06x}{parts[2]:09x}")
    namespaces = [table(one.get("eui64")) for one in rows(found.get("nvme_namespaces", []))]
    pairs = [parts for one in namespaces if (parts := _integers(one, "oui", "ext_id"))]
    numbers += [f"{oui:06x}{extension:010x}" for oui, extension in pairs]
    return identity.names(numbers, (found.get("serial_number"),))


def _integers(found: Object, *keys: str) -> list[int]:
    values = [integer(found.get(key)) for key in keys]
    return [value for value in values if value is not None] if None not in values else []


def _place(found: Object) -> str:
    """The device node; behind a RAID card the node is that of the card, and the type has a slot."""
    device = table(found.get("device"))
    name, kind = str(device.get("name", "")), str(device.get("type", ""))
    return f"{name} {kind}" if "," in kind else name


def _exit_status(status: int | None, found: Object) -> int:
    """Of the command as it ended; of a file as the answer itself tells it."""
    if status is not None:
        return status
    return integer(table(found.get("smartctl")).get("exit_status")) or 0


def _messages(found: Object) -> str:
    messages = rows(table(found.get("smartctl")).get("messages", []))
    texts = [str(entry.get("string", "")) for entry in messages]
    return "; ".join(filter(None, texts)) or "no reason given"
