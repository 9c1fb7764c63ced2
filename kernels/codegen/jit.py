"""Compilation of kernels: without the GIL, and kept on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config

from kernels.codegen.code_cache import CodeCache

# Numba takes settings from a file in whatever folder a run is started in, too.
config._config_fname = ""
config.reload_config()


def compiled(function: Callable[..., Any]) -> Any:
    """`function` as machine code, compiled at its first call with arguments of these types.

    Where no folder can be written it is compiled anew in every process.
    """
    dispatcher = numba.njit(nogil=True)(function)
    folder = _folder()
    if folder is not None:
        dispatcher._cache = CodeCache(function, folder)
    return dispatcher


def _folder() -> Path | None:
    if config.CACHE_DIR:
        return Path(config.CACHE_DIR)
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # this user has no home
        return None
    return root / "capbench" / "code"
