"""Which folders are ours, and whether the run that made them is alive: the marker file."""

import fcntl
import json
import os
import platform
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from storage_bench.errors import StorageError

PREFIX = "capbench-storage-"
OURS = "capbench."
"""Every file that this package writes is named so: nothing else is ever removed."""
MARKER = "capbench.marker.json"
FORMAT = "capbench-storage-workspace/1"


@dataclass(frozen=True, slots=True)
class Marker:
    """Who made a folder."""

    uuid: str
    host: str
    boot_id: str
    pid: int
    started: str
    """When the process began, in the kernel's ticks since boot: process numbers come again."""


def own_marker() -> Marker:
    """The marker of this process, with a new uuid."""
    return Marker(
        uuid.uuid4().hex, platform.node(), _boot_id(), os.getpid(), _started(os.getpid()) or ""
    )


def folder_name(identity: str) -> str:
    return PREFIX + identity


def write_marker(folder: int, marker: Marker) -> int:
    """Write the marker into the folder with this descriptor; returns the marker's, locked.

    The lock ends with the process, however it ends, and is seen through containers, where process
    numbers mean nothing.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(MARKER, flags, 0o600, dir_fd=folder)
    os.write(file, json.dumps({"format": FORMAT} | asdict(marker)).encode())
    os.fsync(file)
    _lock(file)
    return file


def read_marker(folder: int, name: str) -> Marker | None:
    """The marker in this folder, or None where there is none that belongs to `name`."""
    try:
        file = os.open(MARKER, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None
        found = json.loads(os.read(file, 4096))
    except (ValueError, RecursionError):
        return None
    finally:
        os.close(file)
    match found:
        case {
            "format": str(form),
            "uuid": str(identity),
            "host": str(host),
            "boot_id": str(boot_id),
            "pid": int(pid),
            "started": str(started),
        } if form == FORMAT and folder_name(identity) == name:
            return Marker(identity, host, boot_id, pid, started)
        case _:
            return None


def why_alive(folder: int, marker: Marker) -> str | None:
    """Why the folder may still be in use, or None where its run has certainly ended."""
    if marker.host != platform.node():
        return f"it was made on {marker.host}, and only there can be told whether its run goes on"
    if marker.boot_id == _boot_id() and marker.started == _started(marker.pid):
        return f"its run goes on as process {marker.pid}"
    file = os.open(MARKER, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        return None if _lock(file) else "another process holds its marker"
    finally:
        os.close(file)


@contextmanager
def opened(directory: Path) -> Iterator[int]:
    """A descriptor of a folder, which stays that folder whatever happens to its name."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(
            f"{directory} cannot be opened as a folder: {error.strerror}.",
            "Name an existing folder that you may write to.",
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(file: int) -> bool:
    """Whether the lock is ours now; file systems without locks count as unlocked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _boot_id() -> str:
    """Empty where the system tells none, as in a sandbox: the marker's lock says more there."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(errors="replace").strip()
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When a process began; None where it is gone, or dead and not yet fetched by its parent."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # Fields 3 and 22 of proc_pid_stat(5), after the name, which may hold spaces and brackets.
    fields = text.rpartition(")")[2].split()
    return None if len(fields) < 20 or fields[0] in ("Z", "X") else fields[19]
