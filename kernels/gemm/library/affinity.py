"""CPUs that a library's threads may use: the library's own pool knows nothing of a `Place`."""

import os
from collections.abc import Iterable
from pathlib import Path


class Confined:
    """Holds every thread of this process, present and future, on these CPUs until released.

    A BLAS library starts its pool when it is loaded, so those threads are moved too; threads that
    are started later inherit the mask of the one that starts them.
    """

    def __init__(self, cpus: Iterable[int]) -> None:
        self._former: dict[int, set[int]] = {}
        for thread in _threads():
            try:
                self._former[thread] = os.sched_getaffinity(thread)
                os.sched_setaffinity(thread, cpus)
            except ProcessLookupError:  # it ended since it was listed
                self._former.pop(thread, None)

    def release(self) -> None:
        """Give every thread back the CPUs it had; those started since get the main thread's."""
        main = self._former.get(os.getpid())
        for thread in _threads():
            former = self._former.get(thread, main)
            if former is not None:
                try:
                    os.sched_setaffinity(thread, former)
                except ProcessLookupError:
                    continue
        self._former = {}


def _threads() -> list[int]:
    tasks = Path("/proc/self/task")
    return [int(task.name) for task in tasks.iterdir()] if tasks.exists() else []
