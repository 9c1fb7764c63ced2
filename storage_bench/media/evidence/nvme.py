"""nvme-cli's JSON: `id-ctrl`, `id-ns` and `cmdset-ind-id-ns` of one namespace.

Only the last says anything of the medium, in one bit (NVM Express 2.0); the others tell which drive
it is. nvme-cli 2.3 writes some numbers as text with thousands separators.
"""

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.report import (
    Answer,
    SourceReading,
    SourceReport,
    integer,
    parsed,
    unknown,
)

LEVEL = EvidenceLevel.IDENTIFY
ROTATIONAL_NAMESPACE = 1 << 4
"""Bit of NSFEAT in the I/O command set independent identify data (NVM Express 2.0, CNS 08h)."""


def claim(status: int | None, output: str) -> Claim:
    """What the namespace says of its medium: NVMe by itself is no proof of flash."""
    found = parsed(output) if not status else None
    features = integer(found.get("nsfeat")) if isinstance(found, dict) else None
    if features is None:
        return unknown(LEVEL, "an NVMe drive, which need not be flash; nvme-cli has no more of it")
    if features & ROTATIONAL_NAMESPACE:
        return Claim(MediaClass.DISK, LEVEL, "the NVMe namespace says that it rotates")
    return Claim(MediaClass.FLASH, LEVEL, "the NVMe namespace says that it does not rotate")


def read(answer: Answer) -> SourceReading:
    """The one drive that was asked: either who it is, or what it says of its medium."""
    found = parsed(answer.output)
    if answer.status or not isinstance(found, dict):
        return SourceReading(remarks=(f"{' '.join(answer.command)}: nothing was answered",))
    place = next((word for word in answer.command if word.startswith("/dev/")), "")
    names = identity.names((found.get("eui64"), found.get("nguid")), (found.get("sn"),))
    # `id-ns` has a field of the same name with other bits in it, and the size beside it.
    speaks = "nsfeat" in found and "nsze" not in found
    claims = (claim(answer.status, answer.output),) if speaks else ()
    return SourceReading((SourceReport(place, names, claims),))
