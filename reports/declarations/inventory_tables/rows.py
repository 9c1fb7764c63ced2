"""From the rows of a table to an inventory: every fault names sheet, row and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.errors import UsageError
from bench.evidence.codec import DecodeError, decode
from reports.declarations.inventory_tables.cells import CellError, number, size_bytes
from reports.declarations.inventory_tables.columns import (
    Column,
    ColumnMap,
    heading_of,
    is_total,
    kind,
    medium,
    words,
)
from reports.declarations.inventory_tables.sheets import Row, Sheet, candidates
from reports.declarations.storage_inventory import ListedDrive, Pool, StorageInventory, each_drive

SIZES = (
    "raw_bytes", "usable_bytes", "effective_bytes", "flash_raw_bytes", "flash_usable_bytes", "size",
)  # fmt: skip
NUMBERS = (*SIZES, "quantity", "iops")
NOT_KNOWN = {"-", "--", "—", "/", "n/a", "na", "?", "unknown", "none", "无", "未知", "不详"}
DRIVES_ONLY = {"serial", "wwn", "eui64"}
NEXT = "`capbench storage ledger --template csv` shows the columns; --columns maps your own."


def load_table(path: Path, said: ColumnMap | None = None) -> StorageInventory:
    """The inventory in a CSV or XLSX file. Raises UsageError."""
    said = said or ColumnMap()
    first: tuple[Sheet, ...] | None = None
    best: tuple[Sheet, ...] = ()
    most = 0
    for sheets in candidates(path):
        first = first or sheets
        known = sum(_known_columns(sheet, said) for sheet in sheets)
        if known > most:  # bytes that are no UTF-8 may be text in several codes
            best, most = sheets, known
    if best:
        return _Table(path, said).read(best)
    raise UsageError(
        f"{path}: wanted an inventory, found no heading that is known{_seen(first)}.", NEXT
    )


def _seen(sheets: tuple[Sheet, ...] | None, place: int = 0) -> str:
    rows = [row for sheet in sheets or () for row in sheet.rows[place : place + 1]]
    texts = [str(cell) for cell in rows[0].cells if str(cell).strip()][:8] if rows else []
    known = ", ".join(words().headings)
    return f" (there are {', '.join(texts)}; known are {known})" if texts else ""


def _is_nothing(column: Column, value: object) -> bool:
    """An empty cell; where a number should stand, a word for "not known" too."""
    text = str(value).strip()
    return not text or (column.key in NUMBERS and text.casefold() in NOT_KNOWN)


def _known_columns(sheet: Sheet, said: ColumnMap) -> int:
    found = heading_of(sheet, said) if _wanted(sheet, said) else None
    return len(found[1]) if found else 0


def _wanted(sheet: Sheet, said: ColumnMap) -> bool:
    return said.sheet in (None, sheet.name)


class _Table:
    """One file on its way to an inventory."""

    def __init__(self, path: Path, said: ColumnMap) -> None:
        self.path, self.said = path, said
        self.pools: list[Pool] = []
        self.drives: list[ListedDrive] = []
        self.notes: list[str] = []

    def read(self, sheets: Sequence[Sheet]) -> StorageInventory:
        for sheet in sheets:
            found = heading_of(sheet, self.said) if _wanted(sheet, self.said) else None
            if found is None:
                if any(row.cells for row in sheet.rows):
                    self.notes.append(f"sheet {sheet.name} is passed over: no heading is known")
                continue
            place, columns = found
            if not {column.key for column in columns} & {*SIZES, "kind"}:
                what = f"no heading of a capacity is known{_seen((sheet,), place)}"
                raise self._fault(sheet.place(sheet.rows[place]), what)
            self._explain(sheet, sheet.rows[place], columns)
            for row in sheet.rows[place + 1 :]:
                self._row(sheet, row, columns, len(sheet.rows[place].cells))
        listed = {pool.name for pool in self.pools}
        for drive in self.drives:
            if drive.pool not in listed:
                listed.add(drive.pool)
                self.pools.append(Pool(drive.pool, "unknown", f"{self.path.name}: its drives"))
        try:
            made = StorageInventory(
                self.path.stem, tuple(self.pools), tuple(self.drives), tuple(self.notes)
            )
            return each_drive(made)
        except ValueError as error:
            raise UsageError(f"{self.path}: {error}.", NEXT) from error

    def _explain(self, sheet: Sheet, heading: Row, columns: Sequence[Column]) -> None:
        """What was read as what, where it is not our own form; and what was not read."""
        taken = {column.index for column in columns}
        own = all(column.key == column.heading for column in columns)
        where = f"sheet {sheet.name}: " if sheet.name else ""
        if not own:
            said = ", ".join(f"{column.heading} = {column.key}" for column in columns)
            self.notes.append(f"{where}columns read: {said}")
        cells = enumerate(heading.cells)
        rest = [str(c).strip() for i, c in cells if i not in taken and str(c).strip()]
        if rest:
            self.notes.append(f"{where}columns passed over: {', '.join(rest)}")

    def _row(self, sheet: Sheet, row: Row, columns: Sequence[Column], width: int) -> None:
        if not any(str(cell).strip() for cell in row.cells):
            return
        if any(str(cell).strip() for cell in row.cells[width:]):
            raise self._fault(sheet.place(row), "more cells than columns")
        if any(is_total(cell) for cell in row.cells if isinstance(cell, str) and cell.strip()):
            self.notes.append(f"{sheet.place(row)} is a total and left out")
            return
        cells: dict[str, Any] = {}
        for column in columns:
            value = row.cells[column.index] if column.index < len(row.cells) else ""
            if not _is_nothing(column, value) or column.index in row.faults:
                cells[column.key] = self._cell(sheet, row, column, value)
        where = sheet.place(row)
        is_drive = self._is_drive(where, cells, {column.key for column in columns})
        try:
            if is_drive:
                self.drives.append(decode(ListedDrive, self._drive(cells, where), where))
            else:
                self.pools.append(decode(Pool, self._pool(cells, where), where))
        except DecodeError as error:
            raise UsageError(f"{self.path}: {error}.", NEXT) from error

    def _cell(self, sheet: Sheet, row: Row, column: Column, value: object) -> object:
        where = sheet.place(row, column.index, column.heading)
        if fault := row.faults.get(column.index):
            raise self._fault(where, fault)
        if column.key not in NUMBERS:
            return self._word(where, column, value)
        if column.index in row.merged:
            raise self._fault(where, "is merged over several rows; state it in each of them")
        decimal_comma = sheet.separator != ","
        try:
            if column.key in SIZES:
                return size_bytes(value, column.unit, decimal_comma)
            amount = number(value, decimal_comma)
            if column.key == "iops":
                return float(amount)
            if amount.denominator != 1:
                raise CellError(f"{value!r}; wanted a whole number")
            return int(amount)
        except CellError as error:
            raise self._fault(where, f"{column.key} is {error}") from None

    def _word(self, where: str, column: Column, value: object) -> str:
        text = str(value).strip()
        if column.key == "media":
            found = medium(text, self.said)
            if found is None:
                known = ", ".join(words().media)
                raise self._fault(
                    where, f"media is {text!r}; wanted {known}, or such as SSD, HDD; "
                    "[media] in the file of --columns says what a word means"
                )  # fmt: skip
            return found
        if column.key == "kind" and kind(text) is None:
            raise self._fault(where, f"kind is {text!r}; wanted pool or drive")
        return text

    def _is_drive(self, where: str, cells: dict[str, Any], columns: set[str]) -> bool:
        """By the row's kind; without that column by what only a list of drives has."""
        if "kind" in columns:
            if "kind" not in cells:
                raise self._fault(where, "kind is empty; wanted pool or drive")
            return kind(cells.pop("kind")) == "drive"
        if columns & DRIVES_ONLY:
            return True
        if "usable_bytes" in columns or "size" not in columns:
            return "quantity" in columns and not columns & {"usable_bytes", "name", "pool"}
        if "quantity" in columns or "model" in columns:
            return True
        raise self._fault(
            where, "a capacity that is neither raw nor usable; say which by --columns "
            "raw_bytes=HEADING or usable_bytes=HEADING"
        )  # fmt: skip

    def _drive(self, cells: dict[str, Any], where: str) -> dict[str, Any]:
        kept = {"media": "unknown", **cells, "place": where}
        kept.pop("name", None)
        kept.pop("source", None)
        if "size" in kept:
            kept["raw_bytes"] = kept.pop("size")
        kept.setdefault("pool", f"{kept['media']} drives")
        return kept

    def _pool(self, cells: dict[str, Any], where: str) -> dict[str, Any]:
        kept = {"media": "unknown", **cells, "place": where}
        kept.pop("quantity", None)
        kept.pop("model", None)
        if "size" in kept and "raw_bytes" in kept:
            kept.pop("size")
        pool = kept.pop("pool", None)
        if pool is not None:
            kept.setdefault("name", pool)
        kept.setdefault("source", f"{self.path.name}, {where}")
        return kept

    def _fault(self, where: str, what: str) -> UsageError:
        return UsageError(f"{self.path}: {where}: {what}.", NEXT)
