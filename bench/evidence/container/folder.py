"""A bundle that lies in a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.errors import InvalidEvidence
from bench.evidence.container.limits import NEXT_STEP, PATH, past_limits


class FolderSource:
    """The files below a folder: regular ones, by names that a bundle can have, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def names(self) -> Iterator[str]:
        """Every file by its path from the folder; each folder is listed once, as it is reached."""
        return _found(self._folder, "")

    def read(self, name: str, limit_bytes: int) -> bytes:
        """All of a file. Raises InvalidEvidence for one of more bytes, or that cannot be read."""
        try:
            with open(f"{self._folder}/{name}", "rb", buffering=0) as file:
                size_bytes = os.fstat(file.fileno()).st_size
                data = file.readall() if size_bytes <= limit_bytes else None
        except OSError as error:
            raise InvalidEvidence(f"{name} cannot be read: {error.strerror}.", NEXT_STEP) from error
        if data is None or len(data) > limit_bytes:
            raise past_limits(name)
        return data


def _found(folder: str, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_symlink():
                    raise InvalidEvidence(f"{name} is a symbolic link.", NEXT_STEP)
                if entry.is_dir(follow_symlinks=False):
                    yield from _found(entry.path, f"{name}/")
                elif entry.is_file(follow_symlinks=False) and PATH.fullmatch(name):
                    yield name
                else:
                    raise InvalidEvidence(f"{name!r} is no part of evidence.", NEXT_STEP)
    except OSError as error:
        raise InvalidEvidence(f"{folder} cannot be read: {error.strerror}.", NEXT_STEP) from error
    except RecursionError as error:
        raise InvalidEvidence(f"{prefix} is no part of evidence.", NEXT_STEP) from error
