"""Compilation of kernels: without the GIL, and kept on disk for exactly these sources.

Numba looks at the file of a function alone when it decides whether code on disk still holds; the
IR that the function is made of comes from other files. So the folder carries a digest of them all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config


def compiled(function: Callable[..., Any]) -> Any:
    """`function` as machine code, compiled at its first call with arguments of these types.

    Where no folder can be written it is compiled anew in every process.
    """
    folder = _folder()
    if folder is None:
        return numba.njit(nogil=True)(function)
    before = config.CACHE_DIR
    # Read when the function is decorated, and by nothing later.
    config.CACHE_DIR = str(folder)
    try:
        return numba.njit(nogil=True, cache=True)(function)
    finally:
        config.CACHE_DIR = before


def sources_digest(folder: Path) -> str:
    """Digest over every Python source file below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _folder() -> Path | None:
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parent = Path(config.CACHE_DIR) if config.CACHE_DIR else root / "capbench"
    folder = parent / sources_digest(Path(__file__).parent)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
