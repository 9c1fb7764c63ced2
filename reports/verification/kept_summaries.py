"""Kept summaries of verified bundles: by the digest of the manifest and of the verifier.

Every file of a bundle is hashed again each time; what is spared is decoding it, computing its
figures again, and the audit. A changed byte never meets an old summary, because it no longer fits
the manifest; a changed verifier never does, because its digest names the folder of its summaries.
"""

import shutil
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bench.evidence.codec import Record
from reports.user_cache import cache_folder, put

SOURCES = ("bench", "reports", "storage_bench", "kernels")
"""Packages that a verdict may rest on."""


class Kept(Record):
    """A summary as it lies in the cache: in two parts, of which many nodes share the second."""

    machine: bytes
    plan: bytes


@dataclass(frozen=True, slots=True)
class Summaries:
    """A folder of summaries that one verifier made."""

    folder: Path

    def get(self, manifest: bytes) -> Kept | None:
        """The summary of the bundle with this manifest; None where there is none that is whole."""
        try:
            data = self._path(manifest).read_bytes()
        except OSError:
            return None
        digest, kept = data[:32], data[32:]
        if sha256(kept).digest() != digest or len(kept) < 8:
            return None
        size = int.from_bytes(kept[:8], "big")
        return Kept(kept[8 : 8 + size], kept[8 + size :])

    def put(self, manifest: bytes, summary: Kept) -> None:
        """Keep a summary; where that cannot be done, it is computed again another time."""
        path = self._path(manifest)
        kept = len(summary.machine).to_bytes(8, "big") + summary.machine + summary.plan
        put(path, sha256(kept).digest() + kept)

    def _path(self, manifest: bytes) -> Path:
        name = sha256(manifest).hexdigest()
        return self.folder / name[:2] / name


def summaries() -> Summaries | None:
    """The user's summaries of this verifier; None where there is no place for them.

    Those of other verifiers are removed: they would never be met again.
    """
    everybody = cache_folder("summaries")
    if everybody is None:
        return None
    folder = everybody / verifier_sha256()[:32]
    try:
        if not folder.is_dir():
            folder.mkdir()
            for other in everybody.iterdir():
                if other != folder:
                    shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return None
    return Summaries(folder)


@cache
def verifier_sha256() -> str:
    """Digest of all that a verdict rests on: our sources and tables, and the decoder's version."""
    digest = sha256()
    for package in SOURCES:
        _add(files(package), package, digest.update)
    try:
        digest.update(metadata.version("msgspec").encode())
    except metadata.PackageNotFoundError:
        digest.update(b"no msgspec")
    return digest.hexdigest()


def _add(folder: Traversable, name: str, update: object) -> None:
    assert callable(update)
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _add(entry, f"{name}/{entry.name}", update)
        elif entry.name.endswith((".py", ".toml")):
            update(f"{name}/{entry.name}\0".encode())
            update(entry.read_bytes())
