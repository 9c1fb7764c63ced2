"""Compiled code on disk, found again only where everything that shaped it is the same.

Numba's own cache knows neither its settings nor the other files that a function is made of, and
takes for code whatever a file holds. Here a file is named by a digest of what shaped the code, and
begins with one of what follows: a folder that is damaged, full or closed costs a compilation.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import platform
import uuid
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

_SOURCES = Path(__file__).parents[1]
_DIGEST_BYTES = 32
_SHAPES_NOTHING = ("CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_DEFAULT_NUM_THREADS")
"""Where code lies, and the threads of a pool that no kernel uses: as many as the CPUs in use."""


class CodeCache:
    """What a dispatcher of Numba asks before it compiles, and tells afterwards."""

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        self._function = function
        self.cache_path = str(folder)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function; None where there is none, or one that cannot be trusted."""
        target.refresh()
        # Whatever a disk, pickle or LLVM says of the file: it is compiled anew.
        with contextlib.suppress(Exception):
            sealed = self._path(signature, target.codegen()).read_bytes()
            digest, reduced = sealed[:_DIGEST_BYTES], sealed[_DIGEST_BYTES:]
            if sha256(reduced).digest() == digest:
                return CompileResult._rebuild(target, *pickle.loads(reduced))
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep the function, if it is one that another process can use and there is room."""
        if compiled.lifted or compiled.library.has_dynamic_globals:
            return
        path = self._path(signature, compiled.codegen)
        new = path.with_suffix(f".{uuid.uuid4().hex}")
        with contextlib.suppress(Exception):
            reduced = dumps(compiled._reduce())
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                new.write_bytes(sha256(reduced).digest() + reduced)
                os.replace(new, path)
            finally:
                new.unlink(missing_ok=True)

    def flush(self) -> None:
        """Code that is to be compiled again lies under another name, or takes this one's place."""

    def _path(self, signature: Any, codegen: Any) -> Path:
        code = self._function.__code__
        cells = tuple(cell.cell_contents for cell in self._function.__closure__ or ())
        named = (self._function.__module__, self._function.__qualname__, code.co_firstlineno)
        made_of = (code.co_code, sha256(dumps(cells)).digest())
        shaped_by = (sources_digest(_SOURCES), _versions(), settings(), codegen.magic_tuple())
        key = repr((named, made_of, str(signature), shaped_by))
        name = f"{self._function.__name__}-{sha256(key.encode()).hexdigest()[:32]}.code"
        return Path(self.cache_path) / name


def settings() -> tuple[tuple[str, str], ...]:
    """Every setting of Numba that may shape code for a CPU, as it stands now."""
    return tuple(
        (name, repr(value))
        for name, value in sorted(vars(config).items())
        if name.isupper()
        and not name.startswith("CUDA_")
        and name not in _SHAPES_NOTHING
        and isinstance(value, bool | int | float | str | tuple | None)
    )


@cache
def sources_digest(folder: Path) -> str:
    """Digest over every Python source file below a folder."""
    digest = sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _versions() -> tuple[str, ...]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return python, numba.__version__, llvmlite.__version__, np.__version__
