"""A bundle in a .zip file, and .zip files of our own making with a fault."""

from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

Zipped = Callable[..., Path]


@pytest.fixture
def files(bundle: Path) -> dict[str, bytes]:
    """The files of the bundle, as they lie in the folder of a run."""
    return {
        f"evidence/{path.relative_to(bundle).as_posix()}": path.read_bytes()
        for path in sorted(bundle.rglob("*.json"))
    }


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    """Make a .zip file; names may be ZipInfo, and `change` is done to its bytes."""

    def make(
        files: Mapping[str, bytes],
        *more: tuple[str | ZipInfo, bytes],
        change: Callable[[bytes], bytes] = lambda data: data,
        method: int = ZIP_DEFLATED,
    ) -> Path:
        path = tmp_path / "made.zip"
        with ZipFile(path, "w", method) as archive:
            for name, data in (*files.items(), *more):
                archive.writestr(name, data)
        path.write_bytes(change(path.read_bytes()))
        return path

    return make
