"""io_uring from Python: whether the kernel lets us, and a ring whose memory compiled code can use.

Layout and numbers: `linux/io_uring.h`; they are the same on every architecture.
"""

import ctypes
import errno
import mmap
import os
import struct
from types import TracebackType

SYS_SETUP = 425
FEATURE_SINGLE_MMAP = 1 << 0
FEATURE_RW_CUR_POS = 1 << 3
"""Came with Linux 5.6, as did the plain READ and WRITE operations that we use."""
COOP_TASKRUN = 1 << 8
SINGLE_ISSUER = 1 << 12
DEFER_TASKRUN = 1 << 13
SETUP_FLAGS = (SINGLE_ISSUER | DEFER_TASKRUN, COOP_TASKRUN, 0)
"""Tried in this order: Linux 6.1, 5.19, any. Without them each completion interrupts the CPU."""
OFFSET_RINGS = 0
OFFSET_ENTRIES = 0x1000_0000
ENTRY_BYTES = 64
COMPLETION_BYTES = 16


def refused() -> str | None:
    """Why io_uring cannot be used here, as the kernel answers, or None where it can."""
    try:
        with Ring(1):
            return None
    except OSError as error:
        return f"io_uring: {error.strerror}"


class Ring:
    """A submission and a completion ring of `entries` operations, used by one thread only."""

    def __init__(self, entries: int) -> None:
        self.file, self.flags, parameters = _setup(entries)
        self._memory: list[mmap.mmap] = []
        try:
            self._map(parameters)
        except OSError:
            self.close()
            raise

    def _map(self, parameters: bytes) -> None:
        entries, completions, _, _, _, features = struct.unpack_from("<6I", parameters)
        if not (features & FEATURE_SINGLE_MMAP and features & FEATURE_RW_CUR_POS):
            raise OSError(errno.ENOSYS, "the kernel's io_uring is older than Linux 5.6")
        _, sq_tail, sq_mask, _, _, _, sq_array = struct.unpack_from("<7I", parameters, 40)
        cq_head, cq_tail, cq_mask, _, _, cqes = struct.unpack_from("<6I", parameters, 80)
        size = max(sq_array + 4 * entries, cqes + COMPLETION_BYTES * completions)
        rings = self._mapped(size, OFFSET_RINGS)
        # Entry i of the queue is always submission entry i, so this is written once.
        struct.pack_into(f"<{entries}I", self._memory[0], sq_array, *range(entries))
        self.addresses = (
            self._mapped(ENTRY_BYTES * entries, OFFSET_ENTRIES),
            rings + sq_tail,
            rings + sq_mask,
            rings + cq_head,
            rings + cq_tail,
            rings + cq_mask,
            rings + cqes,
        )
        """Submission entries, submission tail and mask, completion head, tail, mask, entries."""

    def _mapped(self, size: int, offset: int) -> int:
        memory = mmap.mmap(
            self.file, size, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, offset=offset
        )
        self._memory.append(memory)
        return address_of(memory)

    def close(self) -> None:
        """Give the ring back; the kernel cancels what is still in flight."""
        for memory in self._memory:
            memory.close()
        os.close(self.file)

    def __enter__(self) -> "Ring":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def address_of(memory: mmap.mmap) -> int:
    """Where a writable mapping lies; the mapping can be closed again afterwards."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def _setup(entries: int) -> tuple[int, int, bytes]:
    """The ring's descriptor, the flags that were accepted, and the kernel's parameters."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    code = errno.ENOSYS
    for flags in SETUP_FLAGS:
        parameters = ctypes.create_string_buffer(120)
        struct.pack_into("<3I", parameters, 0, 0, 0, flags)
        file = libc.syscall(
            ctypes.c_long(SYS_SETUP), ctypes.c_long(entries), ctypes.byref(parameters)
        )
        if file >= 0:
            return file, flags, parameters.raw
        code = ctypes.get_errno()
        if code != errno.EINVAL:  # EINVAL: a flag that this kernel does not know
            break
    raise OSError(code, os.strerror(code))
