"""Directories of .zip files that say too much, too little, or two things."""

import io
import stat
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest

from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.bundle_reader import read
from bench.evidence.container import files_of, zip_directory

Zipped = Callable[..., Path]


def info(name: str, mode: int = 0, dos: int = 0) -> ZipInfo:
    made = ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16 | dos
    return made


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (info("/etc/passwd"), "no name of a file"),
        (info("../evidence/x.json"), "no name of a file"),
        (info("evidence/./x.json"), "no name of a file"),
        (info("evidence//x.json"), "no name of a file"),
        (info("evidence\\x.json"), "no name of a file"),
        (info("C:/x.json"), "no name of a file"),
        (info("evil\x1b[2J.json"), "no name of a file"),
        (info("x" * 2000), "a name of 2000 bytes"),
        (info("evidence/link.json", stat.S_IFLNK | 0o777), "is a symbolic link"),
        (info("evidence/device.json", stat.S_IFCHR | 0o666), "no regular file"),
        (info("evidence/folder", stat.S_IFDIR | 0o755), "no regular file"),
        (info("evidence/folder", dos=0x10), "is a file and a folder"),
        (info("evidence/outcomes/"), "is a file and a folder"),
        (info("evidence/plan.json/x.json"), "plan.json is a file and a folder"),
    ],
)
def test_an_entry_that_is_no_plain_file_is_refused(
    files: dict[str, bytes], zipped: Zipped, entry: ZipInfo, said: str
) -> None:
    with pytest.raises(InvalidEvidence, match=said) as caught:
        read(zipped(files, (entry, b"x")))
    assert "\n" not in str(caught.value)


def test_two_files_of_one_name_are_refused(files: dict[str, bytes], zipped: Zipped) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(files, ("evidence/plan.json", files["evidence/plan.json"]))

    with pytest.raises(InvalidEvidence, match=r"evidence/plan\.json twice"):
        read(path)


def test_other_ways_to_pack_are_refused(files: dict[str, bytes], zipped: Zipped) -> None:
    with pytest.raises(InvalidEvidence, match="packed by method 12"):
        read(zipped(files, method=ZIP_BZIP2))


def set_flag(data: bytes, bit: int) -> bytes:
    """The same with a flag set for the first file, in its header and in the directory."""
    place = data.index(b"PK\1\2")
    flagged = bytearray(data)
    flagged[6] |= bit
    flagged[place + 8] |= bit
    return bytes(flagged)


def test_what_is_encrypted_is_refused(files: dict[str, bytes], zipped: Zipped) -> None:
    with pytest.raises(InvalidEvidence, match="is encrypted"):
        read(zipped(files, change=lambda data: set_flag(data, 1)))


def commented(data: bytes) -> bytes:
    archive = io.BytesIO(data)
    with ZipFile(archive, "a") as more:
        more.comment = b"PK"
    return archive.getvalue()


def in_front(data: bytes) -> bytes:
    """A second archive in front, with the places of the directory put right."""
    front = io.BytesIO()
    with ZipFile(front, "w") as other:
        other.writestr("a.json", "{}")
    archive = io.BytesIO(front.getvalue() + data)
    with ZipFile(archive, "a") as more:
        more.writestr("b.json", "{}")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"#!/bin/sh\n" + data, "something in front of its first file"),
        (lambda data: b"PK\3\4" + data, "longer or shorter than it says"),
        (in_front, "something in front of its first file"),
        (lambda data: data + b"\n", "something follows its end"),
        (lambda data: data + data, "longer or shorter than it says"),
        (commented, "something follows its end"),
        (lambda data: data[: len(data) // 2], "is cut off"),
        (lambda data: data[:2], "is no .zip file"),
        (lambda data: b"", "is no .zip file"),
        (lambda data: b"no archive at all", "is no .zip file"),
        (lambda data: data.replace(b"PK\1\2", b"PK\1\3"), "a damaged directory"),
        (lambda data: data[:-12] + b"\1\0" + data[-10:], "one part of several|damaged directory"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_one_whole_archive_is_refused(
    files: dict[str, bytes], zipped: Zipped, change: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(InvalidEvidence, match=said) as caught:
        read(zipped(files, change=change))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 4


def test_files_that_lie_over_each_other_are_refused(
    files: dict[str, bytes], zipped: Zipped
) -> None:
    def over(data: bytes) -> bytes:
        """The second entry is where the first is."""
        second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
        return data[: second + 42] + bytes(4) + data[second + 46 :]

    with pytest.raises(InvalidEvidence, match="lie over each other"):
        read(zipped(files, change=over))


def test_more_entries_than_a_bundle_has_are_not_looked_at(
    files: dict[str, bytes], zipped: Zipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(files)
    monkeypatch.setattr(zip_directory, "MAX_ENTRIES", 3)

    with pytest.raises(InvalidEvidence, match="more files than a bundle"):
        files_of(path)


def test_no_cut_is_ever_read(files: dict[str, bytes], zipped: Zipped) -> None:
    path = zipped(files)
    whole = path.read_bytes()

    for end in range(0, len(whole), 101):
        path.write_bytes(whole[:end])
        with pytest.raises(InvalidEvidence):
            read(path)


@pytest.mark.parametrize("step", [97, pytest.param(1, marks=pytest.mark.slow)])
def test_a_flipped_byte_is_found_or_changes_nothing(
    files: dict[str, bytes], zipped: Zipped, evidence: Evidence, step: int
) -> None:
    """The time of an entry, say, is none of the evidence."""
    path = zipped(files)
    whole = path.read_bytes()

    for place in range(0, len(whole), step):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert read(path) == evidence
        except InvalidEvidence:
            continue
