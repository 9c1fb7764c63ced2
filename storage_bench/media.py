"""What a path is stored on: its leaf devices, and how well the media class of each is known."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Literal

from storage_bench.drive import Drive, read_drive
from storage_bench.mounts import mount_of
from storage_bench.topology import Bottom, Elsewhere, bottoms

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
WHEREABOUTS = (MediaClass.HYBRID, MediaClass.MEMORY, MediaClass.NETWORK)
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


Evidence = Callable[[Drive], Sequence[Claim]]
"""One way to learn about a drive: its claims, none where it has nothing to say."""


def classify(path: Path, root: Path = Path("/"), further: Sequence[Evidence] = ()) -> Media:
    """What the file system that holds `path` is stored on, by sysfs and `further` evidence.

    `root` is where `/proc`, `/sys`, `/dev` and `/run` are looked for; the paths of another root
    are taken as they stand, without following their links.
    """
    return combine([_leaf(bottom, further) for bottom in bottoms(_real(path, root), root)])


def with_claim(media: Media, claim: Claim) -> Media:
    """The class of a whole with one more claim about the whole: a behaviour, or a declaration."""
    if claim.media is MediaClass.UNKNOWN or media.media in WHEREABOUTS:
        return replace(media, reason=f"{media.reason}; {claim.reason}")
    settled = settle([Claim(media.media, media.level, media.reason), claim])
    return replace(media, media=settled.media, level=settled.level, reason=settled.reason)


def filesystem(path: Path, root: Path = Path("/")) -> str:
    """Type of the file system that holds `path`, such as `ext4`; `unknown` without a mount."""
    mount = mount_of(_real(path, root), root)
    return "unknown" if mount is None else mount.filesystem


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
    best = max(known or claims, key=lambda claim: claim.level)
    against = [c for c in known if c.media is not best.media and c.level >= EvidenceLevel.SYSFS]
    if against:
        reason = f"{best.reason} ({best.media}), but {against[0].reason} ({against[0].media})"
        return Claim(MediaClass.DISPUTED, best.level, reason)
    return best


def _leaf(bottom: Bottom, further: Sequence[Evidence]) -> Leaf:
    if isinstance(bottom, Elsewhere):
        level = EvidenceLevel.NONE if bottom.kind == "unknown" else EvidenceLevel.SYSFS
        media, reason = MediaClass(bottom.kind), bottom.reason
        return Leaf(bottom.name, media, level, reason, None, None, None, None, None)
    drive = read_drive(bottom.directory, bottom.serial)
    claims = [claim for evidence in (sysfs_claims, *further) for claim in evidence(drive)]
    claim = settle(claims)
    aside = [c.reason for c in claims if c.media is MediaClass.UNKNOWN and c is not claim]
    return Leaf(
        name=drive.name,
        media=claim.media,
        level=claim.level,
        reason="; ".join([claim.reason, *aside]),
        model=drive.model,
        serial=drive.serial,
        size_bytes=drive.size_bytes,
        transport=drive.transport,
        rotational=drive.rotational,
    )


def sysfs_claims(drive: Drive) -> tuple[Claim, ...]:
    """What each fact in sysfs says about the medium."""

    def claim(media: MediaClass, reason: str) -> Claim:
        return Claim(media, EvidenceLevel.SYSFS, reason)

    if drive.name.startswith(("zram", "ram")):
        return (claim(MediaClass.MEMORY, "a block device in memory"),)
    if drive.transport in NETWORK_TRANSPORTS or drive.name.startswith(("rbd", "nbd", "drbd")):
        where = drive.transport or "a network block device"
        return (claim(MediaClass.NETWORK, f"reached by {where}; ask the server"),)
    if drive.opaque is not None:
        flag = "absent" if drive.rotational is None else f"{drive.rotational:d}"
        reason = f"rotational flag ({flag}) discounted: {drive.opaque}"
        return (claim(MediaClass.UNKNOWN, reason),)
    claims = []
    if drive.transport == "mmc":
        claims.append(claim(MediaClass.FLASH, "an SD or eMMC card"))
    elif drive.rotational is not None:
        media = MediaClass.DISK if drive.rotational else MediaClass.FLASH
        via = f" by {drive.transport}" if drive.transport else ""
        claims.append(claim(media, f"rotational flag {drive.rotational:d}{via}"))
    if drive.model is not None and "SSD" in drive.model.upper():
        claims.append(claim(MediaClass.FLASH, f"model {drive.model}"))
    return tuple(claims)


def _real(path: Path, root: Path) -> Path:
    return path.resolve() if root == Path("/") else Path(os.path.normpath(path))
