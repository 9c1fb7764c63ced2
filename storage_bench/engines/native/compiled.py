"""How the loops are compiled: without the GIL, and kept on disk for exactly these sources.

Numba looks at the file of a function alone when it decides whether code on disk still holds, but
what the function calls comes from other files. So the folder carries a digest of them all.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import config, njit


def compiled(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function for one signature, now; kept on disk where a folder can be written."""

    def decorate(function: Callable[..., Any]) -> Any:
        folder = _folder()
        if folder is None:
            return njit([signature], nogil=True)(function)
        before = config.CACHE_DIR
        # Read when the function is decorated, and by nothing later.
        config.CACHE_DIR = str(folder)
        try:
            return njit([signature], nogil=True, cache=True)(function)
        finally:
            config.CACHE_DIR = before

    return decorate


@cache
def sources_digest() -> str:
    """Digest over every file that compiled code can come from."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), folder.parents[1] / "histogram.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _folder() -> Path | None:
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base = Path(config.CACHE_DIR) if config.CACHE_DIR else root / "capbench"
        folder = base / f"storage-{sources_digest()}"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    return folder if os.access(folder, os.W_OK) else None
