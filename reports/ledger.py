"""What storage there is, in whole bytes, and between which bounds its advanced share lies. Pure.

Raw is the sum of the drives, usable what is left after redundancy, effective what data reduction is
said to make of it. Only raw and usable carry a share: what reduction claims proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from reports.declaration import read_shipped, shipped
from reports.drives import Drive, count_once
from reports.facility import Facility, Medium, StoragePool
from reports.guarantees import Certificate, proof_of
from reports.judge import Verdict

Basis = Literal["usable", "raw"]
Outcome = Literal["PASS", "FAIL", "INCONCLUSIVE", "NOT-MEASURED"]
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
class Inventory:
    """Pools, and where somebody listed them, the drives that they are made of."""

    name: str
    pools: tuple[Pool, ...]
    drives: tuple[Drive, ...] = ()

    def __post_init__(self) -> None:
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f'pool "{next(n for n in names if names.count(n) > 1)}" stands twice')
        if strays := sorted({drive.pool for drive in self.drives} - set(names)):
            raise ValueError(f'a drive belongs to pool "{strays[0]}", which is not listed')


@dataclass(frozen=True, slots=True)
class Definition:
    """One reading of "advanced storage": a new version is a new file."""

    id: str
    title: str
    source: str
    needs_guarantee: bool
    density_iops: float | None = None
    density_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of known capacities, and the pools whose capacity nobody stated."""

    basis: Literal["raw", "usable", "effective"]
    known_bytes: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The advanced part of the whole, under one reading; the bounds hold what is not known."""

    definition: str
    basis: Basis
    hybrid: Literal["none", "flash tier"]
    """How much of a hybrid pool counts."""
    advanced_low_bytes: int
    advanced_high_bytes: int
    low: float
    high: float
    verdict: Verdict | None
    """Against the wanted share; None where none was given."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All figures of an inventory."""

    name: str
    amounts: tuple[Amount, ...]
    shares: tuple[Share, ...]
    remarks: tuple[str, ...]
    """What was counted once, left out, or does not fit together."""


def definitions() -> tuple[Definition, ...]:
    """The readings that come with capbench."""
    return tuple(read_shipped(Definition, "advanced", name) for name in shipped("advanced"))


def of_facility(facility: Facility) -> Inventory:
    """The shared pools of a facility; it says nothing of drives, IOPS or reduction."""
    pools = tuple(
        Pool(
            name=pool.name,
            media=pool.media,
            source=pool.source,
            usable_bytes=pool.usable_bytes,
            raw_bytes=pool.raw_bytes,
            flash_usable_bytes=pool.flash_usable_bytes,
            flash_raw_bytes=pool.flash_raw_bytes,
        )
        for pool in facility.pools
        if pool.shared
    )
    return Inventory(facility.name, pools)


def ledger(
    inventory: Inventory,
    readings: Sequence[Definition],
    wanted: Fraction | None = None,
    found: Sequence[Certificate] = (),
) -> Ledger:
    """Add everything up; `wanted` is the share for the lower bound, `found` evidence beside it."""
    drives, remarks = count_once(inventory.drives)
    pools = []
    for listed in inventory.pools:
        pool = _guaranteed_by(listed, found, remarks)
        if pool.media in NOT_CAPACITY:
            remarks.append(f"pool {pool.name}: {pool.media} is no capacity here")
            continue
        entry = _Entry.of(pool, [drive for drive in drives if drive.pool == pool.name], remarks)
        pools.append(entry)
    shares = [
        _share(pools, reading, basis, lenient, wanted)
        for reading in readings
        for basis in ("usable", "raw")
        for lenient in (False, True)
    ]
    return Ledger(
        name=inventory.name,
        amounts=tuple(_amount(pools, basis) for basis in ("raw", "usable", "effective")),
        shares=tuple(shares),
        remarks=tuple(remarks),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A pool with its drives counted."""

    pool: Pool
    media: Medium
    raw_bytes: int | None

    @classmethod
    def of(cls, pool: Pool, drives: Sequence[Drive], remarks: list[str]) -> "_Entry":
        data = [drive for drive in drives if drive.role == "data"]
        if idle := len(drives) - len(data):
            remarks.append(f"pool {pool.name}: {idle} drives hold no data of it")
        media = pool.media
        kinds = {drive.media for drive in data}
        if media == "unknown" and kinds in ({"flash"}, {"disk"}):
            media = next(iter(kinds))
        elif media in ("flash", "disk") and kinds - {media, "unknown"}:
            media = "disputed"
            remarks.append(f"pool {pool.name}: said to be {pool.media}, and has other drives")
        raw_bytes = sum(drive.raw_bytes for drive in data) if data else pool.raw_bytes
        if data and pool.raw_bytes is not None and pool.raw_bytes != raw_bytes:
            remarks.append(
                f"pool {pool.name}: its drives have {raw_bytes} bytes, {pool.raw_bytes} are stated"
            )
        if raw_bytes is not None and (pool.usable_bytes or 0) > raw_bytes:
            remarks.append(f"pool {pool.name}: more is usable than its drives have")
        return cls(pool, media, raw_bytes)

    def size_bytes(self, basis: Literal["raw", "usable", "effective"]) -> int | None:
        match basis:
            case "raw":
                return self.raw_bytes
            case "usable":
                return self.pool.usable_bytes
            case "effective":
                return self.pool.effective_bytes

    def bounds(self, reading: Definition, basis: Basis, lenient: bool) -> tuple[Fraction, Fraction]:
        """Which share of this pool is advanced: at least, and at most."""
        low, high = self._flash(basis, lenient)
        for proven in (self._guaranteed(reading), self._dense(reading)):
            if proven is False:
                return Fraction(0), Fraction(0)
            if proven is None:
                low = Fraction(0)
        return low, high

    def _flash(self, basis: Basis, lenient: bool) -> tuple[Fraction, Fraction]:
        none, whole = Fraction(0), Fraction(1)
        match self.media:
            case "flash":
                return whole, whole
            case "disk":
                return none, none
            case "hybrid" if not lenient:
                return none, none
            case "hybrid":
                size, tier = self.size_bytes(basis), self.pool.flash_bytes(basis)
                if not size or tier is None:
                    return none, whole
                return Fraction(tier, size), Fraction(tier, size)
            case _:
                return none, whole

    def _guaranteed(self, reading: Definition) -> bool | None:
        if not reading.needs_guarantee:
            return True
        return {"PASS": True, "FAIL": False}.get(self.pool.guarantee or "")

    def _dense(self, reading: Definition) -> bool | None:
        if reading.density_iops is None or reading.density_bytes is None:
            return True
        if self.pool.iops is None or not self.pool.usable_bytes:
            return None
        units = Fraction(self.pool.usable_bytes, reading.density_bytes)
        return Fraction(self.pool.iops) >= Fraction(reading.density_iops) * units


def _guaranteed_by(pool: Pool, found: Sequence[Certificate], remarks: list[str]) -> Pool:
    """The pool with the guarantee that evidence shows, and a remark on what it rests on."""
    shown = proof_of(pool.host, pool.mount_point, found)
    if shown is None:
        if pool.guarantee is not None:
            remarks.append(f"pool {pool.name}: guarantee {pool.guarantee} is only declared")
        return pool
    said = f"{shown.verdict} ({shown.threshold_iops:.0f} IOPS) evidenced by run {shown.run_id}"
    if pool.guarantee not in (None, shown.verdict.value):
        said += f", though {pool.guarantee} is declared"
    remarks.append(f"pool {pool.name}: guarantee {said}")
    return replace(pool, guarantee=shown.verdict.value)


def _amount(pools: Sequence[_Entry], basis: Literal["raw", "usable", "effective"]) -> Amount:
    sizes = [(entry.pool.name, entry.size_bytes(basis)) for entry in pools]
    return Amount(
        basis=basis,
        known_bytes=sum(size for _, size in sizes if size is not None),
        missing=tuple(name for name, size in sizes if size is None),
    )


def _share(
    pools: Sequence[_Entry],
    reading: Definition,
    basis: Basis,
    lenient: bool,
    wanted: Fraction | None,
) -> Share:
    """A pool of unstated size can move the share only towards what it may be."""
    low = high = Fraction(0)
    whole, falls, rises = 0, False, False
    for entry in pools:
        size = entry.size_bytes(basis)
        least, most = entry.bounds(reading, basis, lenient)
        if size is None:
            falls, rises = falls or least < 1, rises or most > 0
            continue
        whole += size
        low, high = low + least * size, high + most * size
    least = Fraction(0) if falls or not whole else low / whole
    most = Fraction(1) if rises or not whole else high / whole
    verdict = None
    if wanted is not None:
        not_met = Verdict.NOT_MET if most < wanted else Verdict.UNDECIDED
        verdict = Verdict.MET if least >= wanted else not_met
        verdict = verdict if pools else Verdict.NOT_MEASURED
    return Share(
        definition=reading.id,
        basis=basis,
        hybrid="flash tier" if lenient else "none",
        advanced_low_bytes=int(low),
        advanced_high_bytes=int(high),
        low=float(least),
        high=float(most),
        verdict=verdict,
    )
