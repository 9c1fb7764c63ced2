"""What an answer of some tool says of drives: facts for joining them, and claims on the medium."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage_bench.media.classes import Claim, EvidenceLevel, MediaClass
from storage_bench.media.evidence.condition import Condition


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command printed, or what a file held that somebody passed; not interpreted."""

    source: str
    """Whose words they are: a key of SOURCES."""
    command: tuple[str, ...]
    """As it was run; for a file its name."""
    status: int | None
    """Exit status; None for a file."""
    output: str


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one answer says of one drive."""

    place: str
    """Its device on the host that was asked, by which answers of that host belong together; ""
    where the answer comes from elsewhere and only names count."""
    names: frozenset[str]
    """What it is known by anywhere; see identity.py."""
    claims: tuple[Claim, ...]
    condition: Condition = field(default_factory=Condition)


@dataclass(frozen=True, slots=True)
class Whole:
    """A pool or an array of several drives, by what it calls them."""

    name: str
    members: tuple[SourceReport, ...]


@dataclass(frozen=True, slots=True)
class SourceReading:
    """All that was read in an answer."""

    reports: tuple[SourceReport, ...] = ()
    remarks: tuple[str, ...] = ()
    """Why there is no more in it."""
    wholes: tuple[Whole, ...] = ()


Reader = Callable[..., SourceReading]
"""Reads one answer; those of sources.TOGETHER all answers of a collection at once."""
BEGIN = re.compile(
    r"(?:^|(?<=[\]}]))[ \t\r,\ufeff]*(\{(?=\s*[\"}])|\[(?=\s*[\[{\"\]]))", re.MULTILINE
)
Object = dict[str, Any]


def parsed(text: str) -> Any:
    """The JSON in a text, or None; of several documents, one after the other, a list."""
    found = documents(text)
    if not found or len(found) == 1:
        return found[0] if found else None
    return [entry for one in found for entry in (one if isinstance(one, list) else [one])]


def documents(text: str) -> list[Any]:
    """Every JSON document in a text, none if one of them breaks off.

    Lines before a document are passed over: a prompt, the name of the host that answered.
    """
    found: list[Any] = []
    place = 0
    while begin := BEGIN.search(text, place):
        try:
            value, place = json.JSONDecoder().raw_decode(text, begin.start(1))
        except (ValueError, RecursionError):
            return []
        found.append(value)
    return found


def table(value: object) -> Object:
    """The value if it is an object, else an empty one: what is missing says nothing."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Object]:
    """The objects in a list; a single object is a list of one."""
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, dict)]


def objects(value: object) -> Iterator[Object]:
    """Every object at any depth, in the order of the text."""
    todo = [value]
    while todo:
        entry = todo.pop()
        if isinstance(entry, dict):
            yield entry
            todo.extend(reversed(entry.values()))
        elif isinstance(entry, list):
            todo.extend(reversed(entry))


def integer(value: object) -> int | None:
    """A whole number, also as text with thousands separators, which nvme-cli 2.3 writes."""
    if isinstance(value, str):
        try:
            return int(value.replace(",", ""), 0)
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def unknown(level: EvidenceLevel, reason: str) -> Claim:
    """A claim that says nothing of the medium, and why."""
    return Claim(MediaClass.UNKNOWN, level, reason)


def together(claims: Sequence[Claim], whole: str) -> Claim:
    """One claim on a volume by those on its drives: as well known as the least known of them."""
    if not claims:
        return unknown(EvidenceLevel.NONE, f"{whole} without a drive")
    level, classes = min(claim.level for claim in claims), {claim.media for claim in claims}
    for weakest in (MediaClass.DISPUTED, MediaClass.UNKNOWN):
        if weakest in classes:
            why = next(claim.reason for claim in claims if claim.media is weakest)
            return Claim(weakest, level, f"{whole} of {len(claims)} drives, of which one: {why}")
    if len(classes) > 1:
        return Claim(MediaClass.HYBRID, level, f"{whole} of {len(claims)} drives of both kinds")
    return Claim(classes.pop(), level, f"{whole} of {len(claims)} drives: {claims[0].reason}")
