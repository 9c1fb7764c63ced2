"""Which column means what: by the words of a heading, or as somebody says it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bench.errors import UsageError
from reports.declarations.inventory_tables.cells import unit_of, word
from reports.declarations.inventory_tables.sheets import Row, Sheet
from reports.declarations.loader import read, read_shipped

HEADING_ROWS = 20
"""A title may stand above the heading, but no more than this."""
LEAST = 2
"""Columns that a heading needs: one word alone is a title."""
EXAMPLE = '[columns] maps our keys to your headings: raw_bytes = "Capacity (TB)".'
_UNIT = re.compile(r"^(.*?)[\s(\[（/_,-]+([a-z]{1,5}|字节)[)\]）\s]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The table that comes with capbench."""

    headings: dict[str, tuple[str, ...]]
    media: dict[str, tuple[str, ...]]
    kind: dict[str, tuple[str, ...]]
    total: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What somebody says of a table of theirs."""

    columns: dict[str, str] = field(default_factory=dict)
    """Our key, and the heading of its column."""
    units: dict[str, str] = field(default_factory=dict)
    """Our key, and the unit of the numbers in its column."""
    media: dict[str, str] = field(default_factory=dict)
    """A word of theirs, and what it is."""
    sheet: str | None = None
    """The one sheet to read; None for every one that has a heading."""

    def __post_init__(self) -> None:
        for key in (*self.columns, *self.units):
            if key not in words().headings:
                raise ValueError(f'"{key}" is none of {", ".join(words().headings)}')
        for name, unit in self.units.items():
            if unit_of(unit) is None:
                raise ValueError(f'the unit of {name} is "{unit}"; wanted such as TB or TiB')


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    key: str
    heading: str
    unit: int | None
    """Bytes of the unit of its numbers; None where neither heading nor map says it."""


@cache
def words() -> Words:
    return read_shipped(Words, "declarations/inventory_tables", "words")


def column_map(given: Sequence[str]) -> ColumnMap:
    """From `KEY=HEADING`, several times, or a TOML file. Raises UsageError."""
    if len(given) == 1 and "=" not in given[0]:
        return read(ColumnMap, Path(given[0]), "a map of columns", EXAMPLE)
    pairs = [text.partition("=") for text in given]
    try:
        return ColumnMap({key.strip(): heading.strip() for key, _, heading in pairs})
    except ValueError as error:
        raise UsageError(f"--columns: {error}.", EXAMPLE) from error


def heading_of(sheet: Sheet, said: ColumnMap) -> tuple[int, tuple[Column, ...]] | None:
    """Where the heading stands, and its columns; None where a sheet has none."""
    for place, row in enumerate(sheet.rows[:HEADING_ROWS]):
        found = _columns(row, said)
        if len(found) >= LEAST:
            return place, found
    return None


def _columns(row: Row, said: ColumnMap) -> tuple[Column, ...]:
    mapped = {heading: key for key, heading in said.columns.items()}
    found: dict[str, Column] = {}
    for index, cell in enumerate(row.cells):
        heading = str(cell).strip()
        bare, unit = _without_unit(heading)
        key = mapped.get(heading) or _key(bare) or _key(heading)
        if key is None or (heading not in mapped and key in said.columns) or key in found:
            continue
        own = said.units.get(key)
        found[key] = Column(index, key, heading, unit_of(own) if own else unit)
    return tuple(found.values())


def _key(heading: str) -> str | None:
    return _known(words().headings).get(word(heading))


def _without_unit(heading: str) -> tuple[str, int | None]:
    """The heading without its unit, and the bytes of that."""
    found = _UNIT.match(heading)
    unit = unit_of(found[2]) if found else None
    return (found[1], unit) if found and unit else (heading, None)


def medium(cell: object, said: ColumnMap) -> str | None:
    """The class that a word names; both kinds together are hybrid; None where it names none."""
    known = _known(words().media) | {word(theirs): ours for theirs, ours in said.media.items()}
    whole = known.get(word(cell))
    if whole is not None:
        return whole
    parts = {known.get(word(part)) for part in re.split(r"[+&,，、/]|和", str(cell))}
    if parts == {"flash", "disk"}:
        return "hybrid"
    return parts.pop() if len(parts) == 1 else None


def kind(cell: object) -> str | None:
    return _known(words().kind).get(word(cell))


def is_total(cell: object) -> bool:
    """Whether a row adds others up: counted, it would count them twice."""
    return word(cell) in _known(words().total)


def _known(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {word(one): key for key, several in table.items() for one in several}
