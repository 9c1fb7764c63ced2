"""A bundle that lies in a .zip file, read file by file and held against its directory."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import Struct

from bench.errors import InvalidEvidence
from bench.evidence import manifest
from bench.evidence.container.limits import NEXT_STEP, PATH, past_limits
from bench.evidence.container.zip_directory import (
    DEFLATED,
    DESCRIBED,
    Entry,
    directory,
    refused,
)

MAX_RATIO = 200
"""So many times its packed size may a file have; what is written here keeps to it."""
HARMLESS_BYTES = 1 << 20
"""Up to here any ratio is."""
HEADER = Struct("<4s5H3I2H")
_DESCRIPTOR_BYTES = (12, 16, 20, 24)
"""With a signature or without, sizes of four bytes or of eight."""
_MAX_TAIL_BYTES = 2 * 0xFFFF + max(_DESCRIPTOR_BYTES)


class ZipSource:
    """The files of the one bundle in an open .zip file; what lies beside it is not read.

    Raises InvalidEvidence for a file that is none, or holds no bundle, or several.
    """

    def __init__(self, file: int, path: Path) -> None:
        self._file = file
        self._path = path
        try:
            self._entries = directory(file, path)
        except OSError as error:
            raise InvalidEvidence(f"{path} cannot be read: {error.strerror}.", NEXT_STEP) from error
        self._folder = _bundle_in(self._entries, path)

    def names(self) -> Iterator[str]:
        """Every file by its path from the folder of the manifest."""
        for entry in self._entries:
            if entry.startswith(self._folder):
                name = entry[len(self._folder) :]
                if not PATH.fullmatch(name):
                    raise InvalidEvidence(f"{name!r} is no part of evidence.", NEXT_STEP)
                yield name

    def read(self, name: str, limit_bytes: int) -> bytes:
        """All of a file. Raises InvalidEvidence for one of more bytes, or that is damaged."""
        entry = self._entries[self._folder + name]
        if entry.packed_bytes > limit_bytes:
            raise past_limits(name)
        limit_bytes = min(limit_bytes, max(HARMLESS_BYTES, MAX_RATIO * entry.packed_bytes))
        packed = self._packed(entry, name)
        data = _inflated(packed, limit_bytes, name) if entry.method == DEFLATED else packed
        if len(data) != entry.size_bytes or zlib.crc32(data) != entry.crc32:
            raise refused(f"{name} is damaged: it does not fit its checksum.")
        return data

    def _packed(self, entry: Entry, name: str) -> bytes:
        """The bytes of a file as they lie there, if its header says what the directory says."""
        room = entry.end - entry.begin
        if room > HEADER.size + entry.packed_bytes + _MAX_TAIL_BYTES:
            raise refused(f"{self._path} has bytes behind {name} that belong to no file.")
        try:
            data = os.pread(self._file, room, entry.begin)
        except OSError as error:
            raise InvalidEvidence(f"{name} cannot be read: {error.strerror}.", NEXT_STEP) from error
        if len(data) != room or room < HEADER.size:
            raise refused(f"{name} is cut off.")
        (mark, _, flags, method, _, _, crc32, packed_bytes, size_bytes, name_bytes,
         extra) = HEADER.unpack_from(data)  # fmt: skip
        begin = HEADER.size + name_bytes + extra
        told = (mark, flags, method, data[HEADER.size : HEADER.size + name_bytes])
        sizes = (entry.crc32, entry.packed_bytes, entry.size_bytes)
        if told != (b"PK\3\4", entry.flags, entry.method, entry.written_name) or (
            not flags & DESCRIBED and (crc32, packed_bytes, size_bytes) != sizes
        ):
            raise refused(f"{name} has a header that is not what the directory says.")
        tail = room - begin - entry.packed_bytes
        if tail and not (flags & DESCRIBED and tail in _DESCRIPTOR_BYTES):
            raise refused(f"{self._path} has bytes behind {name} that belong to no file.")
        return data[begin : begin + entry.packed_bytes]


def _inflated(packed: bytes, limit_bytes: int, name: str) -> bytes:
    """What was deflated; not a byte more than the limit and one is ever made of it."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, limit_bytes + 1)
    except zlib.error as error:
        raise refused(f"{name} is damaged: it cannot be inflated.") from error
    if len(data) > limit_bytes:
        raise past_limits(name)
    if not stream.eof or stream.unused_data:
        raise refused(f"{name} is damaged: it is longer or shorter than it says.")
    return data


def _bundle_in(names: dict[str, Entry], path: Path) -> str:
    """Path of the folder that holds the only manifest, with its slash; empty at the top."""
    found = [name for name in names if f"/{name}".endswith(f"/{manifest.NAME}")]
    if len(found) > 1:
        raise InvalidEvidence(
            f"{path} holds {len(found)} bundles.", "Unpack it and give the folder of them."
        )
    if not found:
        if any(name.lower().endswith(".zip") for name in names):
            step = "It holds other .zip files: unpack it and give the folder of them."
        elif any(f"/{name}".endswith("/plan.json") for name in names):
            step = "The run in it did not come to its end: run it again."
        else:
            step = NEXT_STEP
        raise InvalidEvidence(f"{path} holds no {manifest.NAME}.", step)
    return found[0].removesuffix(manifest.NAME)
