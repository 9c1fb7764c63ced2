"""The storage inventory: pools and drives, as TOML, CSV or XLSX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from bench.errors import UsageError
from bench.evidence.codec import replace
from reports.declarations.facility import Medium, StoragePool
from reports.declarations.loader import read
from reports.declarations.toml_lines import places
from storage_bench.media import identity

if TYPE_CHECKING:
    from reports.declarations.inventory_tables.columns import ColumnMap

Outcome = Literal["PASS", "FAIL", "INCONCLUSIVE", "NOT-MEASURED"]


MOST_DRIVES = 1_000_000
"""In one inventory; a slip of the keyboard shows."""


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
    quantity: int = 1
    """Drives of this kind that a line without a serial number stands for."""
    place: str | None = None
    """The line that it stands in, for remarks."""

    def __post_init__(self) -> None:
        if self.raw_bytes <= 0:
            raise ValueError(f"a drive of pool {self.pool} has {self.raw_bytes} bytes")
        if not 1 <= self.quantity <= MOST_DRIVES:
            raise ValueError(f"quantity is {self.quantity}; wanted 1 to {MOST_DRIVES}")
        if self.quantity > 1 and self.identities:
            raise ValueError(f"{self.quantity} drives cannot have one serial number")

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
    place: str | None = None
    """The line that it stands in, for remarks."""

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
    notes: tuple[str, ...] = ()
    """What has to be said with it: how a table was read, what was left out of it."""

    def __post_init__(self) -> None:
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f'pool "{next(n for n in names if names.count(n) > 1)}" stands twice')
        if strays := sorted({drive.pool for drive in self.drives} - set(names)):
            raise ValueError(f'a drive belongs to pool "{strays[0]}", which is not listed')


T = TypeVar("T", Pool, ListedDrive)
INVENTORY_EXAMPLE = "reports/declarations/examples/storage-inventory.toml shows the form."


def each_drive(inventory: StorageInventory) -> StorageInventory:
    """The same with a line for each drive, where one stood for several. Raises ValueError."""
    if sum(drive.quantity for drive in inventory.drives) > MOST_DRIVES:
        raise ValueError(f"more than {MOST_DRIVES} drives")
    drives = [
        one
        for drive in inventory.drives
        for one in [drive if drive.quantity == 1 else replace(drive, quantity=1)] * drive.quantity
    ]
    return replace(inventory, drives=tuple(drives))


def load_inventory(path: Path, columns: "ColumnMap | None" = None) -> StorageInventory:
    """The inventory in a file: a table (CSV, XLSX), else TOML. Raises UsageError.

    A CSV may have a column `kind` with `pool` or `drive`; an empty cell is a key that is not there.
    `columns` says which columns of a table mean what; what it leaves open its headings say.
    """
    from reports.declarations import inventory_tables

    if inventory_tables.is_table(path):
        return inventory_tables.load_table(path, columns)
    found = read(StorageInventory, path, "an inventory of storage", INVENTORY_EXAMPLE)
    text = path.read_text(encoding="utf-8")
    try:
        return each_drive(
            replace(
                found,
                pools=tuple(_placed(found.pools, places(text, "pools"))),
                drives=tuple(_placed(found.drives, places(text, "drives"))),
            )
        )
    except ValueError as error:
        raise UsageError(f"{path}: {error}.", INVENTORY_EXAMPLE) from error


def _placed(entries: Sequence[T], lines: Sequence[int]) -> Iterator[T]:
    """Each with its line, where the text has one for each."""
    if len(lines) != len(entries):
        yield from entries
        return
    for entry, line in zip(entries, lines, strict=True):
        yield replace(entry, place=f"line {line}")
