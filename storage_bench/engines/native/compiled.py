"""How the loops are compiled: without the GIL, and kept on disk for exactly what shaped them.

Numba looks at the file of a function alone when it decides whether code on disk still holds, but
what the function calls comes from other files, and settings shape it too. So the folder carries a
digest of them all. One that is damaged, full or closed costs a compilation.
"""

import os
import platform
import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import config, njit

# Numba takes settings from a file in whatever folder a run is started in, too.
config._config_fname = ""
config.reload_config()


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
        except Exception:  # whatever Numba, pickle or LLVM says of a damaged file
            shutil.rmtree(folder, ignore_errors=True)
            return njit([signature], nogil=True)(function)
        finally:
            config.CACHE_DIR = before

    return decorate


@cache
def shaped_by() -> str:
    """Digest over every file, setting and version that compiled code can come from."""
    folder = Path(__file__).parent
    digest = sha256()
    for path in sorted([*folder.glob("*.py"), folder.parents[1] / "histogram.py"]):
        digest.update(path.read_bytes())
    settings = {
        name: repr(value)
        for name, value in sorted(vars(config).items())
        if name.isupper() and "CUDA" not in name and not name.endswith(("_DIR", "NUM_THREADS"))
    }
    versions = (platform.python_version(), numba.__version__, llvmlite.__version__, np.__version__)
    digest.update(repr((settings, versions)).encode())
    return digest.hexdigest()[:16]


@cache
def _folder() -> Path | None:
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base = Path(config.CACHE_DIR) if config.CACHE_DIR else root / "capbench"
        folder = base / f"storage-{shaped_by()}"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    return folder if os.access(folder, os.W_OK) else None
