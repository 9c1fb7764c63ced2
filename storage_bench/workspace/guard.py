"""What may be written where: a marked folder of our own, and nothing outside it."""

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from storage_bench.errors import StorageError
from storage_bench.job import Job
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.workspace.fill import fill
from storage_bench.workspace.marker import (
    MARKER,
    OURS,
    PREFIX,
    Marker,
    folder_name,
    opened,
    own_marker,
    read_marker,
    why_alive,
    write_marker,
)

__all__ = ["Workspace", "fill", "find_leftovers", "remove", "require_data_file", "workspace"]

RESERVE_SHARE = 0.05
RESERVE_BYTES = 2**30
"""Left free for others whatever is asked for: this much, or RESERVE_SHARE of the file system."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder that we made and that we remove."""

    path: Path

    @property
    def data_file(self) -> Path:
        """Where the file under test belongs; it does not exist yet."""
        return self.path / f"{OURS}data"

    @property
    def append_file(self) -> Path:
        """Where a log writer appends; it does not exist but while one does."""
        return self.path / f"{OURS}appends"


@contextmanager
def workspace(
    directory: Path, need_bytes: int, *, allow_memory: bool = False
) -> Iterator[Workspace]:
    """Make a marked folder in `directory`, and remove it and what we wrote into it at the end.

    Raises StorageError where `directory` cannot be used, has less than `need_bytes` to spare, or
    keeps its files in memory, which is no storage (`allow_memory` lets that pass).
    """
    with opened(directory) as parent:
        if not allow_memory:
            _refuse_memory(directory)
        _require_space(directory, parent, need_bytes)
        marker = own_marker()
        name = folder_name(marker.uuid)
        try:
            with _marked(parent, directory, name, marker):
                yield Workspace(directory.resolve() / name)
        except BaseException:
            # The exception in flight, Ctrl-C above all, matters more than a file that stays.
            with suppress(StorageError):
                _remove(parent, name, directory)
            raise
        _remove(parent, name, directory)


def find_leftovers(directory: Path) -> tuple[Path, ...]:
    """Folders in `directory` that a run of ours made and that no living run uses."""
    with opened(directory) as parent:
        return tuple(
            directory / name
            for name in sorted(os.listdir(parent))
            if name.startswith(PREFIX) and _why_not_ours(parent, name) is None
        )


def remove(path: Path) -> None:
    """Remove a folder that a killed run left; raises StorageError for anything else."""
    with opened(path.parent) as parent:
        reason = _why_not_ours(parent, path.name)
        if reason is not None:
            raise StorageError(f"{path} is not removed: {reason}.", "Look at it yourself.")
        _remove(parent, path.name, path.parent)


def require_data_file(path: Path, job: Job) -> None:
    """Refuse a file that `job` must not touch: not regular, too small, or, to write, not ours."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be tested: {error.strerror}.", "Fill it before the job."
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise StorageError(f"{path} is no regular file.", "Test a file in a marked folder.")
        written_bytes = _written_bytes(file)
    finally:
        os.close(file)
    if written_bytes < job.size_bytes:
        raise StorageError(
            f"{path} was written up to byte {written_bytes}, the job needs {job.size_bytes}.",
            "Fill it before the job: what was never written is read without touching the medium.",
        )
    if job.read_share < 1:
        with opened(path.parent) as folder:
            if read_marker(folder, path.parent.name) is None:
                raise StorageError(
                    f"{path} lies outside a marked folder and would be overwritten.",
                    "Write only in a folder that workspace() made.",
                )


def _written_bytes(file: int) -> int:
    """Bytes before the first hole; a file system that knows no holes reports the size."""
    try:
        return os.lseek(file, 0, os.SEEK_HOLE)
    except OSError as error:
        if error.errno == errno.ENXIO:  # an empty file
            return 0
        raise


@contextmanager
def _marked(parent: int, directory: Path, name: str, marker: Marker) -> Iterator[None]:
    """Make the folder and hold its marker's lock."""
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
        with opened(directory / name) as folder:
            lock = write_marker(folder, marker)
    except OSError as error:
        raise _cannot_write(directory, error) from error
    try:
        yield
    finally:
        os.close(lock)


def _why_not_ours(parent: int, name: str) -> str | None:
    try:
        folder = os.open(name, _FOLDER, dir_fd=parent)
    except OSError as error:
        return f"it is no folder that can be opened ({error.strerror})"
    try:
        marker = read_marker(folder, name)
        return "it has no marker of ours" if marker is None else why_alive(folder, marker)
    finally:
        os.close(folder)


def _remove(parent: int, name: str, directory: Path) -> None:
    """Remove our files from the folder, the marker last, and then the folder."""
    try:
        folder = os.open(name, _FOLDER, dir_fd=parent)
    except FileNotFoundError:
        return
    try:
        entries = os.listdir(folder)
        ours = {entry for entry in entries if entry.startswith(OURS) and _is_file(folder, entry)}
        for entry in ours - {MARKER}:
            os.unlink(entry, dir_fd=folder)
        if foreign := sorted(set(entries) - ours):
            raise StorageError(
                f"{directory / name} holds {foreign[0]}, which is not ours, and is kept.",
                "Move that file away and remove the folder.",
            )
        if MARKER in ours:
            os.unlink(MARKER, dir_fd=folder)
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        raise StorageError(
            f"{directory / name} cannot be removed: {error.strerror}.", "Remove it yourself."
        ) from error
    finally:
        os.close(folder)


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _is_file(folder: int, name: str) -> bool:
    return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _refuse_memory(directory: Path) -> None:
    media = classify(directory)
    if media.media is MediaClass.MEMORY:
        raise StorageError(
            f"{directory} is no storage: {media.reason}.", "Name a folder on a disk or a drive."
        )


def _require_space(directory: Path, parent: int, need_bytes: int) -> None:
    status = os.fstatvfs(parent)
    free_bytes = status.f_bavail * status.f_frsize
    reserve_bytes = max(int(RESERVE_SHARE * status.f_blocks * status.f_frsize), RESERVE_BYTES)
    if free_bytes - reserve_bytes < need_bytes:
        raise StorageError(
            f"{directory} has {free_bytes} bytes free; wanted {need_bytes}, and {reserve_bytes} "
            "that stay free for others.",
            "Make room, or name a folder on a larger file system.",
        )
    limit_bytes = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if limit_bytes != resource.RLIM_INFINITY and limit_bytes < need_bytes:
        raise StorageError(
            f"This process may write files of {limit_bytes} bytes at most; wanted {need_bytes}.",
            "Raise the limit with `ulimit -f unlimited`.",
        )


def _cannot_write(directory: Path, error: OSError) -> StorageError:
    return StorageError(
        f"Nothing can be written in {directory}: {error.strerror}.",
        "Name a folder that you may write to.",
    )
