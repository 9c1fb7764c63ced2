"""Answers that were collected elsewhere: one file, or a folder of them, in any usual encoding."""

import codecs
import json
from pathlib import Path

from storage_bench.errors import StorageError
from storage_bench.media.evidence.report import Answer, parsed
from storage_bench.media.evidence.sources import PLAIN

MOST_FILES = 100_000
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
"""What a file begins with that PowerShell or an editor wrote."""


def read(source: str, path: Path) -> Answer:
    """What a tool said, from a file; a folder (a mock-up of Redfish) is read as one answer.

    Raises StorageError where it cannot be read, or is not what the tool writes.
    """
    if path.is_dir():
        return Answer(source, (path.name,), None, json.dumps(_tree(source, path)))
    found = text(path, source)
    if source not in PLAIN and parsed(found) is None:
        raise StorageError(f"{path} is no JSON.", f"Save the JSON of {source} there.")
    return Answer(source, (path.name,), None, found)


def text(path: Path, source: str) -> str:
    """The text of a file: UTF-8, or UTF-16 as Windows PowerShell writes it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror}.", "Check its rights."
        ) from error
    try:
        return decoded(raw)
    except UnicodeDecodeError as error:
        raise StorageError(f"{path} is no text.", f"Save the JSON of {source} there.") from error


def decoded(raw: bytes) -> str:
    """A text without its byte order mark; raises UnicodeDecodeError."""
    return raw.decode(_encoding(raw)).removeprefix("\ufeff")


def _encoding(raw: bytes) -> str:
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return encoding
    if raw[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if raw[:1] == b"\0" else "utf-8"


def _tree(source: str, folder: Path) -> list[object]:
    """Every document below a folder; what is no JSON there is passed over."""
    files = sorted(file for file in folder.rglob("*.json") if file.is_file())
    if not files:
        raise StorageError(f"{folder} holds no JSON file.", f"Save the JSON of {source} there.")
    if len(files) > MOST_FILES:
        raise StorageError(f"{folder} holds {len(files)} files.", "Name the folder of one system.")
    found: list[object] = []
    for file in files:
        try:
            value = parsed(text(file, source))
        except StorageError:
            continue
        found += value if isinstance(value, list) else [value]
    return [value for value in found if value is not None]
