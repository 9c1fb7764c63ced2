"""numba-cuda's compiler, which loads also where NumPy has removed names that it looks up.

numba-cuda 0.30 registers its version of `numpy.row_stack` while its modules load. NumPy 2.5 has
removed that name, so that no kernel would compile; numba-cuda is in maintenance and will not follow
(issue 907 of NVIDIA/numba-cuda).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
from numba import config


def row_stack(arrays: Any) -> Any:
    """What `numpy.row_stack` was."""
    return np.vstack(arrays)


REMOVED = (row_stack,)
"""Functions that NumPy has removed and numba-cuda looks up as it loads; no kernel calls them."""


@contextmanager
def lent() -> Iterator[tuple[str, ...]]:
    """Put those names that NumPy lacks into it, and take them out again."""
    missing = tuple(each for each in REMOVED if not hasattr(np, each.__name__))
    for each in missing:
        setattr(np, each.__name__, each)
    try:
        yield tuple(each.__name__ for each in missing)
    finally:
        for each in missing:
            delattr(np, each.__name__)


@cache
def load() -> Mapping[str, str]:
    """Load the compiler; returns what `Launch.executed` has to say of it."""
    if config.ENABLE_CUDASIM:
        return MappingProxyType({})
    with lent() as names:
        import_module("numba.cuda.np.arrayobj")
    said = f"{', '.join(names)} to NumPy {np.__version__} while numba-cuda loaded"
    return MappingProxyType({"lent": said} if names else {})
