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
SYS_REGISTER = 427
REGISTER_BUFFERS, REGISTER_FILES = 0, 2
OPCODES = {"read": 22, "write": 23}
FIXED_OPCODES = {"read": 4, "write": 5}
"""For buffers that are registered: the kernel need not look up their pages each time."""
FIXED_FILE = 1 << 0
FEATURE_SINGLE_MMAP = 1 << 0
FEATURE_RW_CUR_POS = 1 << 3
"""Came with Linux 5.6, as did the plain READ and WRITE operations that we use."""
FEATURE_EXT_ARG = 1 << 8
"""Came with Linux 5.11: a wait for completions can have a time limit."""
COOP_TASKRUN = 1 << 8
SINGLE_ISSUER = 1 << 12
DEFER_TASKRUN = 1 << 13
SETUP_FLAGS = (SINGLE_ISSUER | DEFER_TASKRUN, COOP_TASKRUN, 0)
"""Tried in this order: Linux 6.1, 5.19, any. Without them each completion interrupts the CPU."""
OFFSET_RINGS = 0
OFFSET_ENTRIES = 0x1000_0000
ENTRY_BYTES = 64
COMPLETION_BYTES = 16


def refused(timed: bool = False) -> str | None:
    """Why io_uring cannot be used here, as the kernel answers, or None where it can.

    `timed` asks for waits with a time limit too.
    """
    try:
        with Ring(1) as ring:
            if timed and not ring.can_wait_for_a_time:
                return "io_uring: waits have no time limit before Linux 5.11"
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
        self.can_wait_for_a_time = bool(features & FEATURE_EXT_ARG)
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

    def first_words(self, file: int, buffers: int, size_bytes: int) -> tuple[int, int]:
        """The first eight bytes of an entry that reads, and of one that writes.

        The file and the buffers are made known to the kernel beforehand where it allows that
        (buffers count as locked memory): both engines' rates are limited by work per operation.
        """
        fixed_file = self._register(REGISTER_FILES, struct.pack("<i", file))
        fixed_buffers = self._register(REGISTER_BUFFERS, struct.pack("<2Q", buffers, size_bytes))
        opcodes = FIXED_OPCODES if fixed_buffers else OPCODES
        flags, number = (FIXED_FILE, 0) if fixed_file else (0, file)
        read, write = (opcodes[way] | flags << 8 | number << 32 for way in ("read", "write"))
        return read, write

    def _register(self, what: int, entry: bytes) -> bool:
        libc = ctypes.CDLL(None, use_errno=True)
        arguments = (SYS_REGISTER, self.file, what, entry, 1)
        return (
            int(libc.syscall(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)))
            == 0
        )

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
