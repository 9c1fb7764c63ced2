"""Writing a file for real: random bytes in every block, so that nothing is sparse or compressed."""

import errno
import mmap
import os
from pathlib import Path

from storage_bench.errors import StorageError
from storage_bench.workspace.content import filled

CHUNK_BYTES = 2**20
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def fill(path: Path, size_bytes: int, seed: int) -> None:
    """Make `path`, which must not exist, with `size_bytes` of random data, and sync it.

    Equal seeds write equal files, whose pages say where they belong (content.py). Raises
    StorageError where the space, the quota or the medium ends; what was written by then belongs to
    the workspace and goes with it.
    """
    chunk = mmap.mmap(-1, CHUNK_BYTES)  # page-aligned, as O_DIRECT wants it
    try:
        file = _create(path)
        try:
            for start_bytes in range(0, size_bytes, CHUNK_BYTES):
                chunk[:] = filled(seed, start_bytes, CHUNK_BYTES).tobytes()
                _write(file, chunk, start_bytes)
            # Only whole chunks were written, because a drive takes no part of a sector.
            os.ftruncate(file, size_bytes)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise _explain(error, path, size_bytes) from error
    finally:
        chunk.close()


def _create(path: Path) -> int:
    """Open a new file past the page cache, or through it where the file system cannot do that."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags | os.O_DIRECT, 0o600)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    # Linux makes the file before it finds that O_DIRECT is refused.
    path.unlink(missing_ok=True)
    return os.open(path, flags, 0o600)


def _write(file: int, chunk: mmap.mmap, start_bytes: int) -> None:
    with memoryview(chunk) as view:
        done_bytes = 0
        while done_bytes < CHUNK_BYTES:
            with view[done_bytes:] as rest:
                done_bytes += os.pwrite(file, rest, start_bytes + done_bytes)


def _explain(error: OSError, path: Path, size_bytes: int) -> StorageError:
    if error.errno in NO_SPACE:
        status = os.statvfs(path.parent)
        free_bytes = status.f_bavail * status.f_frsize
        return StorageError(
            f"{path.parent} is full or over quota ({error.strerror}): wanted {size_bytes} bytes, "
            f"{free_bytes} are free now.",
            "Make room, or ask for a smaller file.",
        )
    return StorageError(
        f"{path} cannot be written: {error.strerror}.", "Check the drive and the folder's rights."
    )
