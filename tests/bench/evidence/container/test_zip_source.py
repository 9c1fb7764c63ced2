"""Files in a .zip file that are not what the directory says, and bundles that are not one."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from bench.errors import InvalidEvidence
from bench.evidence.bundle_reader import read
from bench.evidence.container import files_of, zip_source

Zipped = Callable[..., Path]
INNER = b'{"inner":true}\n'


def test_a_damaged_file_is_named(files: dict[str, bytes], zipped: Zipped) -> None:
    def damaged(data: bytes) -> bytes:
        return data.replace(b'"profile":', b'"profuse":')

    with pytest.raises(InvalidEvidence, match=r"plan\.json is damaged: .* checksum") as caught:
        read(zipped(files, method=ZIP_STORED, change=damaged))
    assert caught.value.exit_code == 4


def at_first(data: bytes, header: int, directory: int, value: bytes) -> bytes:
    """The same with another value in the header of the first file and in the directory."""
    changed = bytearray(data)
    changed[header : header + len(value)] = value
    place = data.index(b"PK\1\2") + directory
    changed[place : place + len(value)] = value
    return bytes(changed)


@pytest.mark.parametrize("size_bytes", [3, 10_000])
def test_a_declared_size_is_not_believed(zipped: Zipped, size_bytes: int) -> None:
    """Even with the checksum of a shorter file."""
    declared = size_bytes.to_bytes(4, "little")

    def lie(data: bytes) -> bytes:
        short = zlib.crc32(INNER[:size_bytes]).to_bytes(4, "little")
        return at_first(at_first(data, 22, 24, declared), 14, 16, short)

    with pytest.raises(InvalidEvidence, match=r"manifest\.json is damaged"):
        files_of(zipped({"manifest.json": INNER}, change=lie))


def test_what_inflates_further_than_its_end_is_refused(zipped: Zipped) -> None:
    hidden = zlib.compress(INNER, 6, -15) + b"hidden"

    def longer(data: bytes) -> bytes:
        """A stored file that says that it is a deflated one, of which it holds more."""
        said = at_first(data, 8, 10, b"\x08\0")
        said = at_first(said, 22, 24, len(INNER).to_bytes(4, "little"))
        return at_first(said, 14, 16, zlib.crc32(INNER).to_bytes(4, "little"))

    with pytest.raises(InvalidEvidence, match="longer or shorter than it says"):
        files_of(zipped({"manifest.json": hidden}, method=ZIP_STORED, change=longer))


def test_another_name_in_the_header_than_in_the_directory_is_refused(zipped: Zipped) -> None:
    def renamed(data: bytes) -> bytes:
        return data.replace(b"manifest.json", b"manifesto.txt", 1)

    with pytest.raises(InvalidEvidence, match="not what the directory says"):
        files_of(zipped({"manifest.json": INNER}, change=renamed))


def test_bytes_between_the_files_are_refused(zipped: Zipped) -> None:
    """The second file is left out of the directory."""

    def without_second(data: bytes) -> bytes:
        begin = data.index(b"PK\1\2")
        second = data.index(b"PK\1\2", begin + 1)
        end = bytearray(data[data.index(b"PK\5\6") :])
        end[8:12] = b"\1\0\1\0"
        end[12:16] = (second - begin).to_bytes(4, "little")
        return data[:second] + bytes(end)

    path = zipped({"manifest.json": INNER, "other.json": INNER}, change=without_second)

    with pytest.raises(InvalidEvidence, match=r"bytes behind manifest\.json that belong"):
        files_of(path)


def test_what_inflates_to_more_than_an_honest_file_is_refused(
    zipped: Zipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_source, "HARMLESS_BYTES", 1000)
    monkeypatch.setattr(zip_source, "MAX_RATIO", 50)
    path = zipped({"manifest.json": b"0" * 20_000})

    with pytest.raises(InvalidEvidence, match="past the limits"):
        files_of(path)
    assert files_of(zipped({"manifest.json": b"0" * 1000})) == {"manifest.json": b"0" * 1000}


def archive_of(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, r"holds no manifest\.json\. Give the evidence/ folder"),
        ({"notes.txt": b"x"}, r"holds no manifest\.json\. Give the evidence/ folder"),
        ({"node1.zip": archive_of({"manifest.json": b"{}"})}, r"other \.zip files: unpack it"),
        ({"evidence/plan.json": b"{}"}, "did not come to its end"),
        ({"a/manifest.json": b"{}", "b/manifest.json": b"{}"}, "holds 2 bundles. Unpack it"),
    ],
)
def test_what_is_not_one_bundle_is_refused_with_what_to_do(
    zipped: Zipped, content: dict[str, bytes], said: str
) -> None:
    with pytest.raises(InvalidEvidence, match=said):
        read(zipped(content))
