"""Amounts and advanced shares of an inventory."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bench.units import format_bytes
from reports.declarations.facility import Medium
from reports.declarations.storage_inventory import ListedDrive, Pool
from reports.judgement.verdict import Verdict

Basis = Literal["usable", "raw"]
ROUNDED = Fraction(1, 100)
"""How much more than a stated size its drives may have: it was rounded, to whole terabytes."""


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
class PoolEntry:
    """A pool with its drives counted."""

    pool: Pool
    media: Medium
    raw_bytes: int | None

    @classmethod
    def of(cls, pool: Pool, drives: Sequence[ListedDrive], remarks: list[str]) -> "PoolEntry":
        data = [drive for drive in drives if drive.role == "data"]
        if idle := len(drives) - len(data):
            remarks.append(f"{called(pool)}: {idle} drives hold no data of it (role)")
        listed_bytes = sum(drive.raw_bytes for drive in data)
        raw_bytes, whole = _raw(pool, listed_bytes, remarks) if data else (pool.raw_bytes, False)
        media = pool.media
        kinds = {drive.media for drive in data}
        if media == "unknown" and whole and kinds in ({"flash"}, {"disk"}):
            media = next(iter(kinds))
        elif media in ("flash", "disk") and kinds - {media, "unknown"}:
            media = "disputed"
            said = f"{called(pool)}: said to be {pool.media}, and has other drives"
            remarks.append(f"{said}; correct the media of the pool or of the drives")
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


def called(pool: Pool) -> str:
    """The pool with its line, for a remark."""
    return f"pool {pool.name}{f' ({pool.place})' if pool.place else ''}"


def _raw(pool: Pool, listed_bytes: int, remarks: list[str]) -> tuple[int | None, bool]:
    """Raw size of a pool, and whether its list of drives is all of it.

    A list never replaces a stated size unless it adds up to it: else a share would rise by leaving
    out disks, and by listing flash twice.
    """
    stated = pool.raw_bytes
    if stated is not None:
        if stated <= listed_bytes <= stated * (1 + ROUNDED):
            return listed_bytes, True
        remarks.append(
            f"{called(pool)}: its drives have {format_bytes(listed_bytes)}, {format_bytes(stated)} "
            "are stated, which count; list every drive of it, or correct raw_bytes"
        )
        return stated, False
    if listed_bytes < (pool.usable_bytes or 0):
        remarks.append(
            f"{called(pool)}: more is usable than its drives have; its raw size is not known "
            "before every drive is listed"
        )
        return None, False
    return listed_bytes, True


def amount(pools: Sequence[PoolEntry], basis: Literal["raw", "usable", "effective"]) -> Amount:
    sizes = [(entry.pool.name, entry.size_bytes(basis)) for entry in pools]
    return Amount(
        basis=basis,
        known_bytes=sum(size for _, size in sizes if size is not None),
        missing=tuple(name for name, size in sizes if size is None),
    )


def share(
    pools: Sequence[PoolEntry],
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
