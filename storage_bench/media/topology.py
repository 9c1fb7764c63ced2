"""From a path down to the block devices that hold its bytes. Reads mount table and sysfs only."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storage_bench.media.mounts import Mount, mount_of

MEMORY_FILESYSTEMS = {"tmpfs", "ramfs", "devtmpfs", "hugetlbfs", "rootfs"}
NETWORK_FILESYSTEMS = {
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.juicefs",
    "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "ocfs2",
    "orangefs", "pvfs2", "smb3", "wekafs",
}  # fmt: skip
DEEPEST_STACK = 32
"""Layers (file in loop device in file ...) after which a stack is taken for a circle."""


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """A device at the bottom of the stack."""

    directory: Path
    """Its folder under `/sys/devices`."""
    serial: str | None = None
    """Identity that a layer above knows: several paths of a multipath device are one drive."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The stack leaves the reach of sysfs: memory, another machine, or a place we cannot see."""

    name: str
    kind: Literal["memory", "network", "unknown"]
    reason: str


Bottom = BlockDevice | Elsewhere


def bottoms(path: Path, root: Path, depth: int = 0) -> tuple[Bottom, ...]:
    """Everything that the file system under `path` stands on, each device once."""
    mount = mount_of(path, root)
    if mount is None:
        return (Elsewhere(str(path), "unknown", f"no mount covers {path}"),)
    if depth > DEEPEST_STACK:
        return (Elsewhere(mount.source, "unknown", "the stack of devices is circular"),)
    if mount.filesystem in MEMORY_FILESYSTEMS:
        reason = f"{mount.filesystem} keeps its files in memory"
        return (Elsewhere(mount.source, "memory", reason),)
    if mount.filesystem in NETWORK_FILESYSTEMS:
        reason = f"{mount.filesystem} keeps its files on {mount.source}; ask there"
        return (Elsewhere(mount.source, "network", reason),)
    if mount.filesystem == "overlay":
        return _overlay(mount, root, depth)
    below = directories(mount, root)
    if not below:
        reason = f"{mount.filesystem} on {mount.source}: no block device in sysfs belongs to it"
        return (Elsewhere(mount.source, "unknown", reason),)
    found = [bottom for item in below for bottom in _descend(item, root, depth)]
    return tuple(dict.fromkeys(found))


def _overlay(mount: Mount, root: Path, depth: int) -> tuple[Bottom, ...]:
    """New files of an overlay go to its upper folder, which a container usually cannot see."""
    upper = mount.option("upperdir")
    if upper is None or not (root / upper.lstrip("/")).is_dir():
        reason = f"the upper folder of this overlay is out of sight here: {upper}"
        return (Elsewhere(mount.source, "unknown", reason),)
    return bottoms(Path(upper), root, depth + 1)


def directories(mount: Mount, root: Path) -> list[Path]:
    """The sysfs folders of the devices that a mount names, directly or by its members."""
    if not mount.device.startswith("0:"):
        link = root / "sys/dev/block" / mount.device
        return [inside(link, root)] if link.exists() else []
    if mount.filesystem == "zfs":
        return _zfs_members(mount.source.split("/")[0], root)
    # btrfs names one of its members as the source, bcachefs all of them, joined by colons.
    named = [by_name(source, root) for source in mount.source.split(":")]
    found = [directory for directory in named if directory is not None]
    if mount.filesystem == "btrfs" and found:
        return _btrfs_members(found[0], root)
    return found


def by_name(source: str, root: Path) -> Path | None:
    """The sysfs folder of `/dev/NAME`, through links such as `/dev/mapper/x -> ../dm-0`."""
    if not source.startswith("/dev/"):
        return None
    node = inside(root / source.lstrip("/"), root)
    link = root / "sys/class/block" / node.name
    return inside(link, root) if link.exists() else None


def _btrfs_members(member: Path, root: Path) -> list[Path]:
    """All members of the file system that `member` is one of."""
    for devices in sorted((root / "sys/fs/btrfs").glob("*/devices")):
        if (devices / member.name).exists():
            return [inside(device, root) for device in sorted(devices.iterdir())]
    return [member]


def _zfs_members(pool: str, root: Path) -> list[Path]:
    """ZFS hides its members from sysfs, but udev has read their labels: the pool's name."""
    members = []
    for record in sorted((root / "run/udev/data").glob("b*:*")):
        lines = _read(record).splitlines()
        link = root / "sys/dev/block" / record.name[1:]
        if (
            "E:ID_FS_TYPE=zfs_member" in lines
            and f"E:ID_FS_LABEL={pool}" in lines
            and link.exists()
        ):
            members.append(inside(link, root))
    return members


def _descend(directory: Path, root: Path, depth: int) -> tuple[Bottom, ...]:
    if depth > DEEPEST_STACK:
        return (Elsewhere(directory.name, "unknown", "the stack of devices is circular"),)
    if (directory / "partition").exists():
        return _descend(directory.parent, root, depth + 1)
    backing = _read(directory / "loop/backing_file")
    if backing:
        if not (root / backing.lstrip("/")).exists():
            reason = f"the file behind {directory.name} is out of sight here: {backing}"
            return (Elsewhere(directory.name, "unknown", reason),)
        return bottoms(Path(backing), root, depth + 1)
    slaves = directory / "slaves"
    below = [inside(slave, root) for slave in sorted(slaves.iterdir())] if slaves.is_dir() else []
    if not below:
        return (BlockDevice(directory),)
    layer = _read(directory / "dm/uuid")
    if layer.startswith("mpath-"):
        # Every path leads to the same drive, so the first one speaks for it.
        return (BlockDevice(below[0], serial=layer.removeprefix("mpath-")),)
    return tuple(bottom for item in below for bottom in _descend(item, root, depth + 1))


def inside(link: Path, root: Path) -> Path:
    """Follow links, reading an absolute target of a recorded tree as one below its root."""
    if link.is_symlink() and (target := os.readlink(link)).startswith("/"):
        return inside(root / target.lstrip("/"), root)
    return link.resolve()


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
