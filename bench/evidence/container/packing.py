"""Evidence and reports of a run as one .zip file: packed when they are whole, moved into place."""

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import Incomplete, UsageError
from bench.evidence.container.limits import PARTIAL
from bench.evidence.container.zip_source import HARMLESS_BYTES, MAX_RATIO

LEVEL = 6
MADE = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a .zip file can say: the same files are the same bytes, whenever packed."""


@contextmanager
def one_file(target: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """A folder beside `target` to write to, of which all becomes that file in the end.

    Where it does not come to that, the folder stays, and is named. Raises UsageError for a target
    that is there already, or a folder that an earlier run left; Incomplete for a full disk.
    """
    folder = target.with_name(target.name + PARTIAL)
    refuse_existing(target)
    if os.path.lexists(folder):
        raise UsageError(
            f"{folder} exists already: a run that never came to its end.",
            "Move it away, or give another name with --output.",
        )
    say(f"until {target.name} is whole, what is measured is kept in {folder}")
    try:
        yield folder
        pack(folder, target)
    except BaseException:
        if os.path.isdir(folder):
            say(f"what was saved is kept in {folder}")
        raise
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder):
        say(f"{folder} could not be removed; {target.name} holds all of it")


def pack(folder: Path, target: Path) -> None:
    """Write every file below the folder to a .zip file, all of it or none.

    Raises UsageError for a target that is there already, Incomplete where it cannot be written.
    """
    # In the folder, so that nothing else of ours ever lies beside the target.
    temporary = folder / f"packed{PARTIAL}"
    try:
        with open(temporary, "wb") as file:
            with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
                for name, path in _files_below(folder):
                    _add(archive, name, path.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        refuse_existing(target)
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except (OSError, zipfile.LargeZipFile) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Incomplete(
            f"{target} cannot be written: {why}.",
            f"Nothing is lost: give {folder} instead, or pack it elsewhere.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """Raise UsageError for a file that is there: evidence is never written over."""
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already.", "Give a new name with --output.")


def _files_below(folder: Path) -> list[tuple[str, Path]]:
    found = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
    return sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in found
        if not path.name.endswith(PARTIAL) and stat.S_ISREG(path.lstat().st_mode)
    )


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, MADE)
    entry.create_system = 3  # permissions are those of Unix
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    # What deflates too well would be taken for a bomb, so it is stored as it is.
    small = len(data) <= HARMLESS_BYTES
    deflated = small or len(data) <= MAX_RATIO * len(zlib.compress(data, LEVEL, -zlib.MAX_WBITS))
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    archive.writestr(entry, data, method, LEVEL)


def _sync_folder(folder: Path) -> None:
    """Have the new name on the drive before the only other copy goes."""
    with suppress(OSError):  # some file systems cannot
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
