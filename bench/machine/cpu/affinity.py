"""The CPUs of this process; a sandbox may refuse to tell them, or to choose among them."""

import os
from collections.abc import Iterable


def allowed() -> tuple[int, ...]:
    """The CPUs that this process may use; where that is not told, all that there are."""
    try:
        return tuple(sorted(os.sched_getaffinity(0)))
    except OSError:
        return tuple(range(os.cpu_count() or 1))


def confine(cpus: Iterable[int]) -> bool:
    """Hold this process on these CPUs. False where that is refused: it stays where it may be."""
    try:
        os.sched_setaffinity(0, cpus)
    except OSError:
        return False
    return True
