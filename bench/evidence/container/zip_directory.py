"""The directory of a .zip file of a stranger: what it says must be simple, and whole.

The layout is that of PKWARE's APPNOTE 6.3: one file after the other, each behind a header of its
own, then the directory, then a record of its end. The standard library reads more than that, and
forgives more: a file in front of the first, two files of one name, ranges that overlap.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from struct import Struct

from bench.errors import InvalidEvidence
from bench.evidence.container.limits import MAX_FILES

STORED, DEFLATED = 0, 8
DESCRIBED = 1 << 3
"""Flag: sizes and checksum follow the file."""
FLAGS = DESCRIBED | 1 << 1 | 1 << 2 | 1 << 11
"""Those that are read: how hard was deflated, and names in UTF-8. Encryption is none of them."""
MAX_ENTRIES = MAX_FILES + 1000
"""Reports and folders may lie beside the bundle."""
MAX_NAME_BYTES = 1000
MAX_DIRECTORY_BYTES = 16 << 20
END = Struct("<4s4H2IH")
ENTRY = Struct("<4s6H3I5H2I")
_DOS_FOLDER = 0x10


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, as the directory has it; nothing of it is believed before it was read."""

    name: str
    written_name: bytes
    flags: int
    method: int
    crc32: int
    packed_bytes: int
    size_bytes: int
    begin: int
    """Of its header, from the begin of the .zip file."""
    end: int
    """Where the next header begins, or the directory."""


def directory(file: int, path: Path) -> dict[str, Entry]:
    """The files of an open .zip file by their names, without folders.

    Raises InvalidEvidence, naming the file or the entry.
    """
    begin, count, data = _located(file, path)
    found = sorted(_entries(data, count, path), key=lambda entry: entry.begin)
    places = [*(entry.begin for entry in found), begin]
    if places[0] != 0:
        raise refused(f"{path} has something in front of its first file.")
    if any(here >= after for here, after in pairwise(places)):
        raise refused(f"{path} has files that lie over each other.")
    files: dict[str, Entry] = {}
    for entry, end in zip(found, places[1:], strict=True):
        if entry.name in files:
            raise refused(f"{path} holds {entry.name} twice.")
        files[entry.name] = replace(entry, end=end)
    whole = {name: entry for name, entry in files.items() if not name.endswith("/")}
    if both := sorted(_folders(files) & set(whole)):
        raise refused(f"{both[0]} is a file and a folder.")
    return whole


def refused(message: str) -> InvalidEvidence:
    """The error for a .zip file that was damaged, or made to deceive."""
    return InvalidEvidence(message, "Get the .zip file again, or the evidence/ folder itself.")


def _folders(names: Iterable[str]) -> set[str]:
    """Every folder that lies above one of these, or is one."""
    found: set[str] = set()
    for name in names:
        above, slash, _ = name.rpartition("/")
        while slash and above not in found:
            found.add(above)
            above, slash, _ = above.rpartition("/")
    return found


def _located(file: int, path: Path) -> tuple[int, int, bytes]:
    """Where the directory begins, how many entries it has, and its bytes."""
    size_bytes = os.fstat(file).st_size
    first = os.pread(file, 4, 0)
    last = os.pread(file, END.size, max(0, size_bytes - END.size))
    if first not in (b"PK\3\4", b"PK\5\6"):
        if last.startswith(b"PK\5\6"):
            raise refused(f"{path} has something in front of its first file.")
        raise InvalidEvidence(
            f"{path} is no .zip file.", "Give the evidence/ folder of a run, or its .zip file."
        )
    if len(last) < END.size or not last.startswith(b"PK\5\6"):
        raise refused(f"{path} is cut off, or something follows its end.")
    _, disk, first_disk, here, count, long, begin, comment = END.unpack(last)
    if disk or first_disk or here != count or comment:
        raise refused(f"{path} is one part of several.")
    if count > MAX_ENTRIES or long > MAX_DIRECTORY_BYTES:
        raise refused(f"{path} has more files than a bundle.")
    if begin + long + END.size != size_bytes:
        raise refused(f"{path} is longer or shorter than it says.")
    return begin, count, os.pread(file, long, begin)


def _entries(data: bytes, count: int, path: Path) -> Iterator[Entry]:
    place = 0
    for _ in range(count):
        head = data[place : place + ENTRY.size]
        if len(head) < ENTRY.size or not head.startswith(b"PK\1\2"):
            raise refused(f"{path} has a damaged directory.")
        (_, _, _, flags, method, _, _, crc32, packed_bytes, size_bytes, name_bytes, extra, comment,
         disk, _, attributes, begin) = ENTRY.unpack(head)  # fmt: skip
        written = data[place + ENTRY.size : place + ENTRY.size + name_bytes]
        place += ENTRY.size + name_bytes + extra + comment
        name = _named(written, flags, path)
        _require_plain(name, flags, method, disk, attributes, size_bytes)
        yield Entry(
            name, written, flags, method, crc32, packed_bytes, size_bytes, begin, begin
        )  # fmt: skip
    if place != len(data):
        raise refused(f"{path} has a damaged directory.")


def _named(written: bytes, flags: int, path: Path) -> str:
    """The name, if it leads nowhere but down."""
    if len(written) > MAX_NAME_BYTES:
        raise refused(f"{path} has a name of {len(written)} bytes.")
    try:
        name = written.decode("utf-8" if flags & 1 << 11 else "cp437")
    except UnicodeDecodeError as error:
        raise refused(f"{path} has a name that is no text.") from error
    parts = name.removesuffix("/").split("/")
    if {"", ".", ".."} & set(parts) or "\\" in name or ":" in parts[0] or not name.isprintable():
        raise refused(f"{name!r} is no name of a file in a .zip file.")
    return name


def _require_plain(
    name: str, flags: int, method: int, disk: int, attributes: int, size_bytes: int
) -> None:
    if flags & ~FLAGS:
        what = "encrypted" if flags & 1 else "packed in a way that is not read"
        raise refused(f"{name} is {what}.")
    if method not in (STORED, DEFLATED):
        raise refused(f"{name} is packed by method {method}; stored and deflate are read.")
    if disk:
        raise refused(f"{name} lies in another part of several.")
    kind, is_folder = stat.S_IFMT(attributes >> 16), name.endswith("/")
    if kind not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG):
        what = "a symbolic link" if kind == stat.S_IFLNK else "no regular file"
        raise refused(f"{name} is {what}.")
    if size_bytes if is_folder else attributes & _DOS_FOLDER:
        raise refused(f"{name} is a file and a folder.")
