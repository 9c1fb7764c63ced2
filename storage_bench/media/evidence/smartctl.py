"""`smartctl --json -i`: what a drive says of itself (smartmontools 7.0 and newer).

The exit status is a set of bits of which only the two lowest mean that nothing was read; the
others speak of the drive's health.
"""

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.drive import hidden_by
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

LEVEL = EvidenceLevel.IDENTIFY
NOTHING_READ = 0b11
"""The command line was wrong, or the device could not be opened."""
MIN_RPM = 0x401
"""Lower ones are reserved in word 217 of ATA's IDENTIFY DEVICE and in SCSI's page B1h."""


def claim(status: int | None, output: str) -> Claim:
    """What the drive says of its medium; class unknown, with the reason, where that is nothing."""
    found = parsed(output)
    if not isinstance(found, dict):
        return unknown(LEVEL, "smartctl's answer is no JSON")
    if _exit_status(status, found) & NOTHING_READ:
        return unknown(LEVEL, f"smartctl could not ask the drive: {_messages(found)}")
    if reason := hidden_by(str(found.get("model_name", found.get("scsi_model_name", "")))):
        return unknown(LEVEL, f"{reason}: what it says of turning is not a drive's word")
    rate = found.get("rotation_rate")
    if not isinstance(rate, int) or isinstance(rate, bool):
        # smartctl leaves out what the drive does not say.
        if speaks_nvme(output):
            return unknown(LEVEL, "an NVMe drive, which need not be flash")
        return unknown(LEVEL, "the drive does not say whether it turns")
    if rate == 0:
        return Claim(MediaClass.FLASH, LEVEL, "the drive says 0 rpm")
    if rate < MIN_RPM:
        return unknown(LEVEL, f"the drive says {rate} rpm, which is a reserved value")
    return Claim(MediaClass.DISK, LEVEL, f"the drive says {rate} rpm")


def speaks_nvme(output: str) -> bool:
    """Whether the drive was asked as an NVMe drive."""
    return table(table(parsed(output)).get("device")).get("protocol") == "NVMe"


def read(answer: Answer) -> SourceReading:
    """The one drive that was asked."""
    found, about = table(parsed(answer.output)), claim(answer.status, answer.output)
    if not found or _exit_status(answer.status, found) & NOTHING_READ:
        return SourceReading(remarks=(f"{' '.join(answer.command)}: {about.reason}",))
    return SourceReading((SourceReport(_place(found), _names(found), (about,)),))


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
