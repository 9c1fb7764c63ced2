"""What a path is stored on: its leaf devices, and how well the media class of each is known."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from storage_bench.media.classes import (
    NETWORK_TRANSPORTS,
    WHEREABOUTS,
    Claim,
    EvidenceLevel,
    Leaf,
    Media,
    MediaClass,
    combine,
    settle,
)
from storage_bench.media.drive import Drive, read_drive
from storage_bench.media.mounts import mount_of
from storage_bench.media.topology import Bottom, Elsewhere, bottoms

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
    elif drive.transport == "usb":
        reason = "a USB bridge need not pass on whether the drive turns"
        claims.append(claim(MediaClass.UNKNOWN, f"rotational flag discounted: {reason}"))
    elif drive.rotational is not None:
        media = MediaClass.DISK if drive.rotational else MediaClass.FLASH
        via = f" by {drive.transport}" if drive.transport else ""
        claims.append(claim(media, f"rotational flag {drive.rotational:d}{via}"))
    if drive.model is not None and "SSD" in drive.model.upper():
        claims.append(claim(MediaClass.FLASH, f"model {drive.model}"))
    return tuple(claims)


def _real(path: Path, root: Path) -> Path:
    return path.resolve() if root == Path("/") else Path(os.path.normpath(path))
