"""A CSV or XLSX file as sheets of cells, each of which knows its place."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import UsageError

MAX_BYTES = 64 * 2**20
"""Unpacked; an inventory of a million drives is smaller."""
MAX_ROWS = 1_000_000
SEPARATORS = ",;\t|"
CODES = ("utf-8-sig", "gb18030", "big5", "cp1252")
"""In the order in which a text is tried: what is UTF-8 is hardly anything else."""
WRONG = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"]
SAVE_IT = "Save it as .xlsx, or as CSV (UTF-8)."


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line, and what is wrong with some of them, by column from 0."""

    number: int
    cells: tuple[object, ...]
    faults: dict[int, str] = field(default_factory=dict)
    merged: frozenset[int] = frozenset()
    """Columns whose cell repeats another one that is spread over several."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; `name` is empty for a CSV."""

    name: str
    rows: tuple[Row, ...]
    separator: str = ","

    def place(self, row: Row, column: int | None = None, heading: str = "") -> str:
        """Where a cell is, in words for a message."""
        where = f"sheet {self.name}, row {row.number}" if self.name else f"line {row.number}"
        if column is None:
            return where
        letter = f"column {letters(column)}" if self.name else f"column {column + 1}"
        return f"{where}, {letter}{f' ({heading})' if heading else ''}"


def is_table(path: Path) -> bool:
    """Whether a file is a table and no TOML: by its name, or because it is a workbook."""
    if path.suffix.lower() in (".csv", ".tsv", ".xlsx", ".xlsm", ".xls"):
        return True
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    except OSError:
        return False


def candidates(path: Path) -> Iterator[tuple[Sheet, ...]]:
    """The sheets of a file; of a CSV once for each reading that its bytes allow, likeliest first.

    Raises UsageError where it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: wanted an inventory, found {error.strerror}.", SAVE_IT
        ) from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES} bytes.", SAVE_IT)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{path}: an Excel file of before 2007.", SAVE_IT)
    if data.startswith(b"PK\x03\x04"):
        yield _workbook(path, data)
        return
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield from _readings(path, data, ("utf-16",))
    else:
        yield from _readings(path, data, CODES)


def _readings(path: Path, data: bytes, codes: tuple[str, ...]) -> Iterator[tuple[Sheet, ...]]:
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        for separator in SEPARATORS:
            if separator not in text:
                continue
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            try:
                rows = [Row(lines.line_num, tuple(cells)) for cells in lines]
            except csv.Error as error:
                raise UsageError(f"{path}: line {lines.line_num}: {error}.", SAVE_IT) from error
            yield (Sheet("", tuple(rows), separator),)


def _workbook(path: Path, data: bytes) -> tuple[Sheet, ...]:
    try:
        import openpyxl
    except ImportError as error:
        raise UsageError(
            f"{path}: an Excel file, and openpyxl is not installed.",
            "pip install openpyxl, or save it as CSV (UTF-8).",
        ) from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_BYTES:
                raise UsageError(f"{path}: unpacked larger than {MAX_BYTES} bytes.", SAVE_IT)
        values, formulas = (
            openpyxl.load_workbook(io.BytesIO(data), data_only=only) for only in (True, False)
        )
        return tuple(
            _sheet(sheet, formulas[sheet.title])
            for sheet in values.worksheets
            if sheet.sheet_state == "visible"
        )
    except UsageError:
        raise
    except Exception as error:  # whatever openpyxl meets in a file of a stranger
        raise UsageError(
            f"{path}: not an Excel file that can be read ({type(error).__name__}).", SAVE_IT
        ) from error


def _sheet(values: object, formulas: object) -> Sheet:
    """The values that a spreadsheet program computed; a formula without one is a fault.

    XlsxWriter writes 0 for what it cannot compute, so that a 0 of a formula proves nothing.
    """
    rows = []
    pairs = zip(values.iter_rows(), formulas.iter_rows(), strict=True)  # type: ignore[attr-defined]
    spanned = {
        (row, column): (area.min_row, area.min_col)
        for area in values.merged_cells.ranges  # type: ignore[attr-defined]
        for row in range(area.min_row, min(area.max_row, MAX_ROWS) + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    for number, (cells, written) in enumerate(pairs, 1):
        faults: dict[int, str] = {}
        merged: set[int] = set()
        found: list[object] = []
        for column, (cell, source) in enumerate(zip(cells, written, strict=True)):
            value = cell.value
            first = spanned.get((number, column + 1))
            if first not in (None, (number, column + 1)):
                value = values.cell(*first).value  # type: ignore[attr-defined]
                merged.add(column)
            if source.data_type == "f" and value in (None, 0, ""):
                faults[column] = (
                    "is a formula that no spreadsheet program has computed; open the file there "
                    "and save it"
                )
            elif value in WRONG:
                faults[column] = f"is {value}"
            found.append("" if value is None else value)
        rows.append(Row(number, tuple(found), faults, frozenset(merged)))
    return Sheet(str(values.title), tuple(rows))  # type: ignore[attr-defined]


def letters(column: int) -> str:
    """The name of a column, counted from 0: A, B, ... Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
