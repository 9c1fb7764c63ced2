"""An inventory of storage as a TOML or CSV file, read strictly."""

import csv
from pathlib import Path
from typing import Any

from bench.decode import DecodeError, decode
from bench.errors import UsageError
from reports.declaration import read
from reports.ledger import Inventory

EXAMPLE = "reports/inventories/example.toml shows the form."
WHOLE = {"raw_bytes", "usable_bytes", "effective_bytes", "flash_raw_bytes", "flash_usable_bytes"}


def load(path: Path) -> Inventory:
    """The inventory in a file; CSV if it is named so, else TOML. Raises UsageError.

    A CSV has a column `kind` with `pool` or `drive`; its other columns are the keys of the TOML
    form, and an empty cell is a key that is not there.
    """
    if path.suffix.lower() != ".csv":
        return read(Inventory, path, "an inventory of storage", EXAMPLE)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        return decode(Inventory, _table(path.stem, rows))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: wanted an inventory, found {error}.", EXAMPLE) from error
    except DecodeError as error:
        raise UsageError(f"{path}: {error}.", EXAMPLE) from error


def _table(name: str, rows: list[dict[str, Any]]) -> dict[str, object]:
    table: dict[str, Any] = {"name": name, "pools": [], "drives": []}
    for line, row in enumerate(rows, 2):
        # csv puts cells beyond the header below the key None, and None where cells are missing.
        if None in row:
            raise DecodeError(f"line {line}: more cells than columns")
        cells = {key: text.strip() for key, text in row.items() if text and text.strip()}
        kind = cells.pop("kind", None)
        if kind not in ("pool", "drive"):
            raise DecodeError(f"line {line}: kind is {kind!r}; wanted pool or drive")
        table[f"{kind}s"].append({key: _value(key, text, line) for key, text in cells.items()})
    return table


def _value(key: str, text: str, line: int) -> object:
    try:
        if key in WHOLE:
            return int(text.replace("_", ""))
        return float(text) if key == "iops" else text
    except ValueError:
        raise DecodeError(f"line {line}: {key} is {text!r}; wanted a number") from None
