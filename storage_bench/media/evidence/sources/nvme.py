"""nvme-cli's JSON: `id-ctrl`, `id-ns` and `cmdset-ind-id-ns` of one namespace.

The last says in one bit whether the medium rotates (NVM Express 2.0); the first tells the version,
and before 2.0 none rotates; the others tell which drive it is. nvme-cli 2.3 writes some numbers as
text with thousands separators.
"""

import re

from storage_bench.media import devices, identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
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
ROTATING_VERSION = 0x20000
"""NVM Express 2.0, as the field VER has it."""
ROTATIONAL_NAMESPACE = 1 << 4
"""Bit of NSFEAT in the I/O command set independent identify data (NVM Express 2.0, CNS 08h)."""


def claim(status: int | None, output: str) -> Claim:
    """What the namespace says of its medium: NVMe by itself is no proof of flash."""
    return _by_features(table(parsed(output)) if not status else {})


def _by_features(found: Object) -> Claim:
    features = integer(found.get("nsfeat"))
    if features is None:
        return unknown(LEVEL, "an NVMe drive, which need not be flash; nvme-cli has no more of it")
    if features & ROTATIONAL_NAMESPACE:
        return Claim(MediaClass.DISK, LEVEL, "the NVMe namespace says that it rotates")
    return Claim(MediaClass.FLASH, LEVEL, "the NVMe namespace says that it does not rotate")


def by_version(version: int | None, written: str = "") -> Claim:
    """Rotating media came with NVMe 2.0: a controller of an older version cannot be one."""
    if version is None and (match := re.match(r"(\d+)\.(\d+)", written)):
        version = int(match[1]) << 16 | int(match[2]) << 8
    if version is None or version >= ROTATING_VERSION:
        return unknown(LEVEL, "an NVMe drive, which need not be flash")
    # Before 1.2 a controller did not tell its version here.
    said = f"{version >> 16}.{version >> 8 & 0xFF}" if version else "before 1.2"
    return Claim(MediaClass.FLASH, LEVEL, f"NVMe {said} knows no rotating media (2.0 does)")


def read(answer: Answer) -> SourceReading:
    """The one drive that was asked: either who it is, or what it says of its medium."""
    found = [] if answer.status else rows(parsed(answer.output))
    if any("Devices" in entry for entry in found):
        return SourceReading(remarks=("`nvme list` tells no medium: save `nvme id-ctrl` of each",))
    reports = tuple(_report(answer, entry) for entry in found)
    remarks = () if reports else (f"{' '.join(answer.command)}: nothing was answered",)
    return SourceReading(reports, remarks)


def _report(answer: Answer, found: Object) -> SourceReport:
    place = next((word for word in answer.command if word.startswith("/dev/")), "")
    eui, nguid = found.get("eui64"), found.get("nguid")
    names = identity.names(
        (eui and f"eui.{eui}", nguid and f"eui.{nguid}"),
        (found.get("sn"),),
    )
    # `id-ns` has a field of the same name with other bits in it, and the size beside it.
    if "nsfeat" in found and "nsze" not in found:
        return SourceReport(place, names, (_by_features(found),))
    if "ver" not in found or "sn" not in found:
        return SourceReport(place, names, ())
    model = str(found.get("mn", "")).strip()
    if hidden := devices.hidden_by(model, pci_vendor=integer(found.get("vid"))):
        return SourceReport(place, names, (unknown(LEVEL, hidden),))
    return SourceReport(place, names, (by_version(integer(found["ver"])),))
