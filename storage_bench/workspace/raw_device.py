"""Whether a raw device may be written to: only if every single guard finds nothing against it.

Looking at the named device alone is what destroys data elsewhere: what counts is also every
partition on it, everything that stands on those, and what nobody uses now but somebody made.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from storage_bench.media.drive import read_drive
from storage_bench.media.identify import ask
from storage_bench.media.mounts import parse
from storage_bench.media.topology import BlockDevice, bottoms, by_name, directories, inside

BY_ID = "/dev/disk/by-id/"
SYSTEM_FOLDERS = ("/", "/boot", "/boot/efi", "/usr", "/var")
"""What the running system needs: the drives below them are never a target."""
NOTHING_FOUND = 2
"""blkid's exit status where it found no signature."""

Probe = Callable[[str], str | None]
"""Signature found on a device node, "" for none, None where that cannot be told."""

Claim = Callable[[str], str | None]
"""Why a device node cannot be opened by one user alone, or None where it can."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the operator has to say before a device is touched."""

    device: str
    """The link below /dev/disk/by-id: names such as /dev/sdb change hands at the next boot."""
    serial: str
    """Typed, not copied by us."""
    wipe_signature: str | None = None
    """The kind of signature that may be destroyed, such as `ext4`."""
    plan: str | None = None
    """What a first call with everything else printed: the second step of two."""


def probe_signature(node: str) -> str | None:
    """Ask blkid, past its cache."""
    answer = ask(("blkid", "-p", "-o", "value", "-s", "TYPE", "-s", "PTTYPE", node))
    if answer is None or answer[0] not in (0, NOTHING_FOUND):
        return None
    return " ".join(answer[1].split())


def why_claimed(node: str) -> str | None:
    """Why the kernel does not give the device to one user alone, or None where it does."""
    try:
        os.close(os.open(node, os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC))
    except OSError as error:
        return error.strerror
    return None


def refusals(
    consent: Consent,
    root: Path = Path("/"),
    probe: Probe = probe_signature,
    claimed: Claim = why_claimed,
) -> tuple[str, ...]:
    """Everything that stands against writing; () only where nothing does.

    `root` is where `/proc`, `/sys`, `/dev` and `/run` are looked for.
    """
    if not consent.device.startswith(BY_ID):
        return (f"{consent.device} is no link below {BY_ID}",)
    target = by_name(consent.device, root)
    if target is None:
        return (f"{consent.device} leads to no block device",)
    found = list(_against(consent, target, root, probe))
    if (reason := claimed(f"/dev/{target.name}")) is not None:
        found.append(f"{target.name} cannot be had alone: {reason}")
    expected = plan(consent, target)
    if consent.plan != expected:
        found.append(f"the plan was not confirmed: look at it, then give {expected}")
    return tuple(found)


def plan(consent: Consent, target: Path) -> str:
    """What is agreed to, as a short digest: another drive or another signature is another plan."""
    size = read_drive(target).size_bytes
    words = (consent.device, consent.serial, target.name, str(size), str(consent.wipe_signature))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def _against(consent: Consent, target: Path, root: Path, probe: Probe) -> Iterator[str]:
    disk = target.parent if (target / "partition").exists() else target
    serial = read_drive(disk).serial
    if serial is None or not consent.serial or consent.serial != serial:
        yield f"the serial is {serial}, not {consent.serial or 'stated'}"
    parts = [target, *sorted(file.parent for file in target.glob("*/partition"))]
    family = {directory: None for part in parts for directory in _standing_on(part, root)}
    yield from (f"{holder}" for part in parts for holder in _holders(part))
    yield from _mounted(family, root)
    yield from _swapped(family, disk, root)
    yield from _system(disk, root)
    yield from _listed(family, root)
    for part in parts:
        yield from _signature(part, consent.wipe_signature, root, probe)


def _standing_on(directory: Path, root: Path) -> Iterator[Path]:
    """The device and everything built on it, at any height."""
    yield directory
    holders = directory / "holders"
    for holder in sorted(holders.iterdir()) if holders.is_dir() else ():
        yield from _standing_on(inside(holder, root), root)


def _holders(part: Path) -> Iterator[str]:
    folder = part / "holders"
    for holder in sorted(folder.iterdir()) if folder.is_dir() else ():
        yield f"{part.name} is held by {holder.name}"


def _mounted(family: dict[Path, None], root: Path) -> Iterator[str]:
    for mount in parse(_read(root / "proc/self/mountinfo")):
        for directory in directories(mount, root):
            if directory in family:
                yield f"{directory.name} is mounted at {mount.point}"


def _swapped(family: dict[Path, None], disk: Path, root: Path) -> Iterator[str]:
    for line in _read(root / "proc/swaps").splitlines()[1:]:
        name = line.split()[0] if line.split() else ""
        device = by_name(name, root)
        if device in family:
            yield f"{device.name} is swap"
        elif device is None and name and BlockDevice(disk) in bottoms(Path(name), root):
            yield f"the swap file {name} lies on {disk.name}"


def _system(disk: Path, root: Path) -> Iterator[str]:
    for folder in SYSTEM_FOLDERS:
        if any(
            isinstance(bottom, BlockDevice) and bottom.directory == disk
            for bottom in bottoms(Path(folder), root)
        ):
            yield f"{folder} of the running system lies on {disk.name}"


def _listed(family: dict[Path, None], root: Path) -> Iterator[str]:
    """Arrays that are not running, and exports to other machines."""
    for directory in family:
        name = directory.name
        if re.search(rf"\b{re.escape(name)}\[\d+\]", _read(root / "proc/mdstat")):
            yield f"{name} is a member of an array in /proc/mdstat"
    config = root / "sys/kernel/config"
    exports = [
        *config.glob("target/core/*/*/udev_path"),
        *config.glob("nvmet/subsystems/*/namespaces/*/device_path"),
    ]
    for export in sorted(exports):
        device = by_name(_read(export).strip(), root)
        if device in family:
            yield f"{device.name} is exported to other machines"


def _signature(part: Path, allowed: str | None, root: Path, probe: Probe) -> Iterator[str]:
    """What udev has read and what is there now: a member of something at rest looks unused."""
    record = _read(root / "run/udev/data" / f"b{_read(part / 'dev').strip()}")
    keys = ("E:ID_FS_TYPE=", "E:ID_PART_TABLE_TYPE=")
    found = [line.partition("=")[2] for line in record.splitlines() if line.startswith(keys)]
    now = probe(f"/dev/{part.name}")
    if now is None:
        yield f"whether {part.name} bears a signature cannot be told"
    for kind in dict.fromkeys([*found, *(now or "").split()]):
        if kind != allowed:
            yield f"{part.name} bears the signature {kind}"


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
