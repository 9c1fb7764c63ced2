"""Many reports, one drive: joined by any identity in common, within a host also by its device."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from storage_bench.media import identity
from storage_bench.media.classes import Claim, EvidenceLevel, settle
from storage_bench.media.classify import Evidence
from storage_bench.media.drive import Drive
from storage_bench.media.evidence import condition
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.condition import Condition, findings
from storage_bench.media.evidence.report import SourceReading, SourceReport, Whole, unknown
from storage_bench.media.evidence.sources import SOURCES, TOGETHER


@dataclass(frozen=True, slots=True)
class Known:
    """One drive, or one volume of a RAID card, and all that was said of it."""

    names: frozenset[str]
    claims: tuple[Claim, ...]
    condition: Condition = field(default_factory=Condition)
    host: int = 0
    """Which of the collections told of it first."""

    @property
    def claim(self) -> Claim:
        """The conclusion: the highest level speaks, unless another contradicts it."""
        return settle(self.claims)

    @property
    def label(self) -> str:
        """The name that people look for first: its serial number."""
        return max(self.names, key=lambda name: (name.startswith("serial "), name)).removeprefix(
            "serial "
        )


def read(collections: Sequence[Collection]) -> tuple[tuple[Known, ...], tuple[str, ...]]:
    """Every drive once that has an identity, and what could not be read, or is odd."""
    found: list[Known] = []
    wholes: list[tuple[str, int, Whole]] = []
    remarks: list[str] = []
    for host, collection in enumerate(collections):
        said = f"{collection.host}: " if len(collections) > 1 else ""
        remarks += [said + remark for remark in collection.remarks]
        for reading in _readings(collection):
            remarks += [said + remark for remark in reading.remarks]
            wholes += [(said, host, whole) for whole in reading.wholes]
            found += [
                Known(_placed(one, host), one.claims, one.condition, host)
                for one in reading.reports
            ]
    placed = _joined(found)
    remarks += [said + _told(whole, host, placed) for said, host, whole in wholes]
    joined = [replace(one, names=_anywhere(one.names)) for one in placed]
    if nameless := sum(not one.names for one in joined):
        remarks.append(
            f"{nameless} drives have neither a world-wide number nor a serial number "
            "(masked serial numbers and placeholders are no identity)"
        )
    named = tuple(one for one in joined if one.names)
    for host in range(len(collections)):
        remarks += findings([(one.label, one.condition) for one in named if one.host == host])
    return named, tuple(remarks)


def _placed(report: SourceReport, host: int) -> frozenset[str]:
    """A device is known on its own host only, whatever name the host goes by."""
    place = {f"{identity.PLACE}{host} {report.place}"} if report.place else set()
    return report.names | place


def _anywhere(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if not name.startswith(identity.PLACE))


def _told(whole: Whole, host: int, known: Sequence[Known]) -> str:
    """What the drives of a pool are, as far as they are known."""
    index = identity.Index([one.names for one in known])
    kinds: Counter[str] = Counter()
    for member in whole.members:
        places = index.find(member.names or _placed(member, host))
        kinds[known[places[0]].claim.media if len(places) == 1 else "not among the answers"] += 1
    what = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{whole.name} stands on {len(whole.members)} drives: {what or 'none is named'}"


def _readings(collection: Collection) -> list[SourceReading]:
    apart = [answer for answer in collection.answers if answer.source not in TOGETHER]
    whole = {
        source: [answer for answer in collection.answers if answer.source == source]
        for source in TOGETHER
    }
    readings = [SOURCES[answer.source](answer) for answer in apart]
    return readings + [SOURCES[source](*answers) for source, answers in whole.items() if answers]


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
    joined = []
    for members in identity.groups([one.names for one in found]):
        group = [found[index] for index in members]
        joined.append(
            Known(
                frozenset(name for one in group for name in one.names),
                tuple(dict.fromkeys(claim for one in group for claim in one.claims)),
                condition.joined([one.condition for one in group]),
                group[0].host,
            )
        )
    return joined
