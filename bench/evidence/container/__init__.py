"""Where the files of a bundle lie: in a folder or in one .zip file, and both are read alike.

A .zip file is read where it lies and never unpacked to disk.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench.errors import InvalidEvidence
from bench.evidence.container import limits
from bench.evidence.container.folder import FolderSource
from bench.evidence.container.zip_source import ZipSource

ZIP = ".zip"


class BundleSource(Protocol):
    """The files of one bundle. Both methods raise InvalidEvidence, naming the file."""

    def names(self) -> Iterator[str]:
        """Every file by its path from the bundle's own folder, in any order."""

    def read(self, name: str, limit_bytes: int) -> bytes:
        """All of a file; one of more bytes is refused and not cut off."""


def is_zip(path: Path | str) -> bool:
    """Whether this is the name of a .zip file."""
    return str(path).lower().endswith(ZIP)


@contextmanager
def opened(bundle: Path) -> Iterator[BundleSource]:
    """The files of the bundle at this path, which is one by what it is and not by its name.

    Raises InvalidEvidence.
    """
    if os.path.isdir(bundle):
        yield FolderSource(bundle)
        return
    if not os.path.isfile(bundle):  # a pipe would keep us waiting
        what = "neither a folder nor a file" if os.path.lexists(bundle) else "not there"
        raise InvalidEvidence(f"{bundle} is {what}.", limits.NEXT_STEP)
    try:
        file = open(bundle, "rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise InvalidEvidence(
            f"{bundle} cannot be read: {error.strerror}.", limits.NEXT_STEP
        ) from error
    with file:
        yield ZipSource(file.fileno(), bundle)


def files_of(bundle: Path) -> dict[str, bytes]:
    """Every file of the bundle by its name, in their order. Raises InvalidEvidence."""
    files: dict[str, bytes] = {}
    left_bytes = limits.MAX_BYTES
    with opened(bundle) as source:
        for name in source.names():
            if len(files) >= limits.MAX_FILES:
                raise limits.past_limits(name)
            files[name] = data = source.read(name, min(limits.MAX_FILE_BYTES, left_bytes))
            left_bytes -= len(data)
    return dict(sorted(files.items()))
