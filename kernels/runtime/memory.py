"""Arrays whose pages and alignment are known: on cache lines, or on huge pages not yet touched."""

from __future__ import annotations

import contextlib
import mmap
from pathlib import Path
from typing import Any

import numpy as np

LINE_BYTES = 64
"""Cache line, and the widest vector register: no access of a kernel crosses one."""
HUGE_PAGE_BYTES = 2 << 20
"""Size of a transparent huge page on x86-64, and on AArch64 with 4 KiB pages."""


def aligned(shape: tuple[int, ...], dtype: str) -> np.ndarray[Any, Any]:
    """A zeroed array that begins on a cache line."""
    kind = np.dtype(dtype)
    size_bytes = int(np.prod(shape)) * kind.itemsize
    store = np.zeros(size_bytes + LINE_BYTES, np.uint8)
    skip = -store.ctypes.data % LINE_BYTES
    return store[skip : skip + size_bytes].view(kind).reshape(shape)


def untouched(size_bytes: int) -> np.ndarray[Any, Any]:
    """Bytes on huge pages where the system grants them, none of which has been touched yet.

    A page is placed on the NUMA node of the thread that first writes it. The memory is given back
    when the last array on it is gone. Raises MemoryError where the system promises no more.
    """
    # Private and anonymous: a shared mapping is not given transparent huge pages by default.
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    try:
        store = mmap.mmap(-1, size_bytes + HUGE_PAGE_BYTES, flags=flags)
    except OSError as error:
        raise MemoryError(f"{size_bytes} bytes: {error.strerror}") from error
    # A kernel without transparent huge pages has no such advice: pages are then small.
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            store.madvise(mmap.MADV_HUGEPAGE)
    every = np.frombuffer(store, np.uint8)
    skip = -every.ctypes.data % HUGE_PAGE_BYTES
    return every[skip : skip + size_bytes]


def huge_bytes() -> int | None:
    """Memory of this process that lies on transparent huge pages; None where nothing tells."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    sizes = [line.split()[1] for line in lines if line.startswith("AnonHugePages:")]
    return 1024 * int(sizes[0]) if sizes else None


def huge_share(size_bytes: int) -> str:
    """How much of the last `size_bytes` that were touched lies on huge pages, for people."""
    huge = huge_bytes()
    return "unknown" if huge is None else f"{min(1.0, huge / size_bytes):.0%} huge"
