"""What the block device itself counted while a job ran: `/sys/block/<device>/stat`."""

from pathlib import Path

from storage_bench.media.mounts import mount_of
from storage_bench.observations import Counters

SECTOR_BYTES = 512
"""The unit of the sector counts, whatever the drive's own sector size is."""


def counters(path: Path, root: Path = Path("/")) -> Counters | None:
    """The counters of the device that the file system of `path` lies on, or None without one.

    The mounted device is asked, not the drives below: a mirror writes everything twice, and a
    file system of several devices, or of another machine, has no such counters.
    """
    mount = mount_of(path.resolve() if root == Path("/") else path, root)
    if mount is None:
        return None
    try:
        text = (root / "sys/dev/block" / mount.device / "stat").read_text()
    except OSError:
        return None
    return parse(text)


def parse(text: str) -> Counters | None:
    """The line of a `stat` file; None for anything else."""
    fields = text.split()
    if len(fields) < 7 or not all(field.isdecimal() for field in fields):
        return None
    values = [int(field) for field in fields]
    return Counters(
        read_ios=values[0] + values[1],
        read_bytes=values[2] * SECTOR_BYTES,
        write_ios=values[4] + values[5],
        write_bytes=values[6] * SECTOR_BYTES,
    )
