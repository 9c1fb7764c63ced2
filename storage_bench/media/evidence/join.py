"""Many reports, one drive: joined by any identity in common, within a host also by its device."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, settle
from storage_bench.media.classify import Evidence
from storage_bench.media.drive import Drive
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import unknown
from storage_bench.media.evidence.sources import SOURCES


@dataclass(frozen=True, slots=True)
class Known:
    """One drive, or one volume of a RAID card, and all that was said of it."""

    names: frozenset[str]
    claims: tuple[Claim, ...]

    @property
    def claim(self) -> Claim:
        """The conclusion: the highest level speaks, unless another contradicts it."""
        return settle(self.claims)


def read(collections: Sequence[Collection]) -> tuple[tuple[Known, ...], tuple[str, ...]]:
    """Every drive once that has an identity, and what could not be read or told apart."""
    found: list[Known] = []
    remarks: list[str] = []
    for index, collection in enumerate(collections):
        said = f"{collection.host}: " if len(collections) > 1 else ""
        remarks += [said + remark for remark in collection.remarks]
        for answer in collection.answers:
            reading = SOURCES[answer.source](answer)
            remarks += [said + remark for remark in reading.remarks]
            for report in reading.reports:
                # A device is known on its own host only, whatever name the host goes by.
                place = {f"{identity.PLACE}{index} {report.place}"} if report.place else set()
                found.append(Known(report.names | place, report.claims))
    joined = [
        Known(
            frozenset(name for name in one.names if not name.startswith(identity.PLACE)), one.claims
        )
        for one in _joined(found)
    ]
    if nameless := sum(not one.names for one in joined):
        remarks.append(f"{nameless} drives have neither a world-wide number nor a serial number")
    return tuple(one for one in joined if one.names), tuple(remarks)


def evidence(known: Sequence[Known]) -> Evidence:
    """All this as evidence for `media.classify`."""
    index = identity.Index([one.names for one in known])

    def claims(drive: Drive) -> tuple[Claim, ...]:
        names = drive.names
        if drive.opaque is not None:
            # Whoever runs a virtual machine gives its disks any serial number.
            names = frozenset(name for name in names if not name.startswith("serial "))
        places = index.find(names)
        if not places:
            return (unknown(EvidenceLevel.NONE, "the collected evidence knows no such drive"),)
        return tuple(claim for place in places for claim in known[place].claims)

    return claims


def _joined(found: Sequence[Known]) -> list[Known]:
    """One of all that is known of a drive, in the order of first sight."""
    return [
        Known(
            frozenset(name for index in members for name in found[index].names),
            tuple(dict.fromkeys(claim for index in members for claim in found[index].claims)),
        )
        for members in identity.groups([one.names for one in found])
    ]
