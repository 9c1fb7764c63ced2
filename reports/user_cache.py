"""The user's cache: a place for what can be computed again, and need not be."""

import os
from pathlib import Path


def cache_folder(name: str) -> Path | None:
    """Make and return a folder of capbench in the user's cache; None where that cannot be done."""
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = root / "capbench" / name
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    return folder


def put(path: Path, data: bytes) -> None:
    """Write a file of the cache whole or not at all; one that cannot be written is left out."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
