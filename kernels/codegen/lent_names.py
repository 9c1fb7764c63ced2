"""Names that numpy has given up and numba-cuda still looks up while it loads.

numpy 2.5 has no `row_stack`; numba-cuda 0.30.4 registers an overload of it the first time that
anything is compiled, and every kernel of it would fail of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

GIVEN_UP = {"row_stack": "vstack"}
"""The name, and what it was another name of (release notes of numpy 2.0 and 2.5)."""


@contextmanager
def lent_names() -> Iterator[tuple[str, ...]]:
    """Lend numpy the names that it lacks, for the time in which numba-cuda compiles."""
    lacking = tuple(name for name in GIVEN_UP if not hasattr(np, name))
    for name in lacking:
        setattr(np, name, getattr(np, GIVEN_UP[name]))
    try:
        yield lacking
    finally:
        for name in lacking:
            delattr(np, name)
