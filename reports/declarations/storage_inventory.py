"""The storage inventory: pools and drives, as TOML or CSV."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.errors import UsageError
from bench.evidence.codec import DecodeError, decode
from reports.declarations.facility import Medium, StoragePool
from reports.declarations.loader import read
from storage_bench.media import identity

Outcome = Literal["PASS", "FAIL", "INCONCLUSIVE", "NOT-MEASURED"]


@dataclass(frozen=True, slots=True)
class ListedDrive:
    """One line of a list: multipath, shared shelves and double bookkeeping name a drive again."""

    pool: str
    raw_bytes: int
    media: Medium
    wwn: str | None = None
    eui64: str | None = None
    serial: str | None = None
    model: str | None = None
    role: Literal["data", "spare", "boot", "cache"] = "data"
    """Only `data` is capacity; flash in front of disks is their cache, not flash storage."""

    def __post_init__(self) -> None:
        if self.raw_bytes <= 0:
            raise ValueError(f"a drive of pool {self.pool} has {self.raw_bytes} bytes")

    @property
    def identities(self) -> frozenset[str]:
        """What it is known by, however it was written; empty where a placeholder stands there."""
        return identity.names((self.wwn, self.eui64 and f"eui.{self.eui64}"), (self.serial,))


NOT_CAPACITY = ("tape", "memory")
"""Classes that are listed and never counted: tape is a class of its own, memory no storage."""


@dataclass(frozen=True, slots=True)
class Pool(StoragePool):
    """A pool with what a ledger asks beyond a facility."""

    effective_bytes: int | None = None
    """After data reduction, as the vendor or the array says."""
    iops: float | None = None
    """Random I/O a second of the whole pool, at the guarantee's load."""
    guarantee: Outcome | None = None
    """Verdict of the certifying tier on this pool; None where nobody has looked."""
    host: str | None = None
    """Machine that a volume of the pool is tested from; evidence is matched by it, and by ..."""
    mount_point: str | None = None
    """... where the volume is mounted there."""

    def __post_init__(self) -> None:
        # Not super(): a slotted dataclass is a new class, which the empty form does not find.
        StoragePool.__post_init__(self)
        if self.usable_bytes and self.raw_bytes and self.usable_bytes > self.raw_bytes:
            raise ValueError(f"pool {self.name}: more is usable than there is raw")


@dataclass(frozen=True, slots=True)
class StorageInventory:
    """Pools, and where somebody listed them, the drives that they are made of."""

    name: str
    pools: tuple[Pool, ...]
    drives: tuple[ListedDrive, ...] = ()

    def __post_init__(self) -> None:
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f'pool "{next(n for n in names if names.count(n) > 1)}" stands twice')
        if strays := sorted({drive.pool for drive in self.drives} - set(names)):
            raise ValueError(f'a drive belongs to pool "{strays[0]}", which is not listed')


INVENTORY_EXAMPLE = "reports/declarations/examples/storage-inventory.toml shows the form."
WHOLE = {"raw_bytes", "usable_bytes", "effective_bytes", "flash_raw_bytes", "flash_usable_bytes"}


def load_inventory(path: Path) -> StorageInventory:
    """The inventory in a file; CSV if it is named so, else TOML. Raises UsageError.

    A CSV has a column `kind` with `pool` or `drive`; its other columns are the keys of the TOML
    form, and an empty cell is a key that is not there.
    """
    if path.suffix.lower() != ".csv":
        return read(StorageInventory, path, "an inventory of storage", INVENTORY_EXAMPLE)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        return decode(StorageInventory, _table(path.stem, rows))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{path}: wanted an inventory, found {error}.", INVENTORY_EXAMPLE
        ) from error
    except DecodeError as error:
        raise UsageError(f"{path}: {error}.", INVENTORY_EXAMPLE) from error


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
