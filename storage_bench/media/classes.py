"""Classes of media, levels of evidence, and how claims are settled. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

NETWORK_TRANSPORTS = ("iscsi", "fc", "nvme-tcp", "nvme-rdma", "nvme-fc")


class MediaClass(StrEnum):
    """What kind of medium holds the bytes."""

    FLASH = "flash"
    DISK = "disk"
    HYBRID = "hybrid"
    TAPE = "tape"
    MEMORY = "memory"
    NETWORK = "network"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"


class EvidenceLevel(IntEnum):
    """The ladder: each step is harder to get wrong, or to forge, than the one before."""

    NONE = -1
    DECLARED = 0
    SYSFS = 1
    CONTROLLER = 2
    IDENTIFY = 3
    BEHAVIOURAL = 4


DISPUTED = MediaClass.DISPUTED
ELSEWHERE = (MediaClass.MEMORY, MediaClass.NETWORK)
"""Where the bytes lie: another question than what they lie on, and no answer to it."""
WHEREABOUTS = (MediaClass.HYBRID, *ELSEWHERE)
"""Classes that say where the bytes are, which no behaviour of the whole contradicts."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One device at the bottom of the stack."""

    name: str
    """Kernel name, `nvme0n1`; for a network file system, its source."""
    media: MediaClass
    level: EvidenceLevel
    reason: str
    """What was read and why it does or does not settle the class."""
    model: str | None
    serial: str | None
    """WWN, EUI-64 or serial number: what a drive is counted by."""
    size_bytes: int | None
    transport: str | None
    rotational: bool | None
    """The kernel's flag as it stands, which virtual devices do not set truthfully."""


@dataclass(frozen=True, slots=True)
class Media:
    """The answer for one path."""

    media: MediaClass
    level: EvidenceLevel
    reason: str
    leaves: tuple[Leaf, ...]
    kind: Literal["media"] = "media"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one piece of evidence says about the medium of one device."""

    media: MediaClass
    level: EvidenceLevel
    reason: str


def combine(leaves: Sequence[Leaf]) -> Media:
    """The class of a whole: as well known as its least known part, and mixed if the parts are."""
    if not leaves:
        return Media(MediaClass.UNKNOWN, EvidenceLevel.NONE, "no device was found", ())
    level = min(leaf.level for leaf in leaves)
    classes = {leaf.media for leaf in leaves}
    if len(classes) == 1:
        reason = "; ".join(dict.fromkeys(f"{leaf.name}: {leaf.reason}" for leaf in leaves))
        return Media(leaves[0].media, level, reason, tuple(leaves))
    for weakest in (MediaClass.DISPUTED, MediaClass.UNKNOWN):
        named = [f"{leaf.name}: {leaf.reason}" for leaf in leaves if leaf.media is weakest]
        if named:
            return Media(weakest, level, "; ".join(named), tuple(leaves))
    reason = ", ".join(f"{leaf.name} is {leaf.media}" for leaf in leaves)
    return Media(MediaClass.HYBRID, level, reason, tuple(leaves))


def settle(claims: Sequence[Claim]) -> Claim:
    """One claim out of several: the highest level speaks, unless another contradicts it.

    A claim of class unknown contradicts nothing: it is a piece of evidence that was discounted.
    A mere declaration loses against a measurement without making a dispute.
    """
    if not claims:
        return Claim(MediaClass.UNKNOWN, EvidenceLevel.NONE, "nothing is known of this device")
    known = [claim for claim in claims if claim.media not in (MediaClass.UNKNOWN, DISPUTED)]
    disputed = next((claim for claim in claims if claim.media is DISPUTED), None)
    if disputed is not None:
        return disputed  # a dispute is settled by people, not by one more voice
    where = next((claim for claim in known if claim.media in ELSEWHERE), None)
    if where is not None:
        return _held_elsewhere(where, [c for c in known if c.media not in ELSEWHERE])
    best = max(known or claims, key=lambda claim: claim.level)
    against = [c for c in known if c.media is not best.media and c.level >= EvidenceLevel.SYSFS]
    if against:
        reason = f"{best.reason} ({best.media}), but {against[0].reason} ({against[0].media})"
        return Claim(MediaClass.DISPUTED, best.level, reason)
    return best


def _held_elsewhere(where: Claim, said: Sequence[Claim]) -> Claim:
    """Whoever holds the bytes knows the medium; a volume says of itself what it was told to."""
    if held := [claim for claim in said if claim.level is EvidenceLevel.CONTROLLER]:
        return settle(held)
    aside = "".join(f"; {claim.reason}, which is the server's word" for claim in said[:1])
    return Claim(where.media, where.level, where.reason + aside)
