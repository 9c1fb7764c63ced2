"""The JSON documents in what fio, or somebody who kept it, wrote. Pure: text in, objects out.

They come between lines of noise, several in one text, with keys twice; behind the time stamps of a
container's or a pod's log; with a byte order mark; and cut off.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from storage_bench.errors import StorageError

Object = dict[str, Any]

_BEGIN = re.compile(r'^\{(?=\s*(?:"|\n))|\{(?=\s*"fio version")', re.MULTILINE)
"""A brace that begins a line; or any, where fio's first key follows (in a list, after a word)."""
_PREFIXED = re.compile(r'^([^\n{}"]+)\{[ \t]*\r?\n[^\n{}"]*"fio version"', re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\\\.\d+)?")
_STOPPED = re.compile(r"terminating on signal|terminate.* signal", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Documents:
    """Every complete document, each with what is odd about it, and what stands around them."""

    found: tuple[tuple[Object, tuple[str, ...]], ...]
    around: tuple[str, ...]


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 as Windows PowerShell 5 writes it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def documents(text: str) -> Documents:
    """All complete documents in `text`; raises StorageError where there is none."""
    text = _bare(text.replace("\ufeff", ""))
    twice: list[str] = []

    def pairs_to_object(pairs: list[tuple[str, object]]) -> Object:
        counts = Counter(key for key, _ in pairs)
        twice.extend(f'key "{key}" came {n} times' for key, n in counts.items() if n > 1)
        return dict(pairs)

    decoder = json.JSONDecoder(object_pairs_hook=pairs_to_object)
    found: list[tuple[Object, tuple[str, ...]]] = []
    around: list[str] = []
    position = 0
    for match in _BEGIN.finditer(text):
        if match.start() < position:
            continue
        twice.clear()
        try:
            value, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError) as error:
            around.append(f"a document is cut off or damaged ({error})")
            continue
        around += _noise(text[position : match.start()])
        found.append((value, tuple(twice)))
        position = end
    if not found:
        raise unusable(around[-1] if around else "it holds no JSON document")
    around += _noise(text[position:])
    return Documents(tuple(found), tuple(dict.fromkeys(around)))


def last(text: str) -> tuple[Object, list[str]]:
    """The last complete document, and everything odd about it and what stands around it."""
    all_of_it = documents(text)
    warnings = list(all_of_it.around)
    if len(all_of_it.found) > 1:
        warnings.append(f"{len(all_of_it.found)} documents; the last complete one counts")
    document, twice = all_of_it.found[-1]
    return document, [*warnings, *twice]


def unusable(why: str) -> StorageError:
    return StorageError(
        f"fio's output cannot be used: {why}.", "Run `fio --version` and the job by hand."
    )


def table(parent: Object, key: str) -> Object:
    """The object below a key; an empty one where there is none."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _bare(text: str) -> str:
    """The text without what a log puts before each line: a time, a pod, a host.

    It is known by standing before the brace and the key that begin fio's document; other lines
    have one of the same shape, whatever the digits.
    """
    first = _PREFIXED.search(text)
    if first is None or not (prefix := first[1]).strip():
        return text
    shape = _NUMBER.sub(r"\\d+(?:\\.\\d+)?", re.escape(prefix))
    return re.sub(rf"^{shape}", "", text, flags=re.MULTILINE)


def _noise(text: str) -> list[str]:
    """One warning for the lines that are no JSON; the first stands for all.

    A line that says how the run ended is no noise.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip(" \t,[]")]
    ended = [line for line in lines if _STOPPED.search(line)]
    rest = [line for line in lines if line not in ended]
    told = [f"the run was cut off: {line}" for line in ended[:1]]
    return told + ([f"noise (lines: {len(rest)}), first: {rest[0]}"] if rest else [])
