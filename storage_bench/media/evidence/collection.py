"""The evidence file: raw answers of one host, as an admin collected them once. One JSON object."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from storage_bench.errors import StorageError
from storage_bench.media.evidence import files
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import SOURCES

FORMAT = "capbench-media-evidence@1"
HINT = "Write it by `capbench storage media-probe`."


@dataclass(frozen=True, slots=True)
class Collection:
    """Answers and nothing drawn from them: whoever reads them draws the conclusions again."""

    host: str
    collected: str
    """ISO 8601, UTC."""
    as_root: bool
    """Without root most drives cannot be asked."""
    answers: tuple[Answer, ...]
    remarks: tuple[str, ...] = ()
    """What could not be asked, and why."""


def write(path: Path, found: Collection) -> None:
    """Write a new file; raises StorageError where it exists, or cannot be written."""
    text = json.dumps({"format": FORMAT} | asdict(found), indent=1, ensure_ascii=False)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Name a new file in a folder of yours."
        ) from error


def load(path: Path) -> Collection:
    """Read such a file; raises StorageError where it is none."""
    try:
        table = json.loads(files.decoded(path.read_bytes()))
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.", HINT) from error
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{path} is no JSON ({error}).", HINT) from error
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        said = table.get("format") if isinstance(table, dict) else None
        raise StorageError(f"{path}: format is {said!r}; wanted {FORMAT!r}.", HINT)
    try:
        return Collection(
            host=_text(table, "host"),
            collected=_text(table, "collected"),
            as_root=bool(table["as_root"]),
            answers=tuple(_answer(entry) for entry in table["answers"]),
            remarks=tuple(str(remark) for remark in table["remarks"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StorageError(f"{path}: {error} is missing or of another kind.", HINT) from error


def _answer(entry: dict[str, Any]) -> Answer:
    source, status = _text(entry, "source"), entry["status"]
    if source not in SOURCES:
        raise ValueError(f"source {source!r} (known are {', '.join(SOURCES)})")
    if status is not None and not isinstance(status, int):
        raise ValueError(f"status {status!r}")
    command = tuple(str(word) for word in entry["command"])
    return Answer(source, command, status, _text(entry, "output"))


def _text(table: dict[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        raise ValueError(f"{key} {value!r}")
    return value
