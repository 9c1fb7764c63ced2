"""What a plan asks of storage: the total, and the share that a ledger is held against."""

from dataclasses import dataclass
from fractions import Fraction

from bench.errors import UsageError
from reports import targets as plans


@dataclass(frozen=True, slots=True)
class StorageTargets:
    """The two storage indicators of one year."""

    plan: str
    year: int
    total_bytes: int
    share: Fraction
    """Exactly what the plan says: 0.3, which no float is."""

    @property
    def said(self) -> dict[str, object]:
        return {
            "plan": self.plan,
            "year": self.year,
            "total_bytes": self.total_bytes,
            "share": float(self.share),
        }


def targets(plan: str | None, year: int | None) -> StorageTargets:
    """Total and share of a plan's year, its last unless another is named. Raises UsageError."""
    found = plans.load(plan or plans.DEFAULT)
    wanted = year if year is not None else max(found.years)
    if wanted not in found.years:
        raise UsageError(
            f"Plan {found.id} has no targets for {wanted}.",
            f"It has {', '.join(map(str, found.years))}.",
        )
    by_id = {i.id: i.target(wanted, telecom=False) for i in found.indicators}
    return StorageTargets(
        plan=found.id,
        year=wanted,
        total_bytes=int(by_id["storage_total"].value),
        share=Fraction(str(by_id["flash_share"].value)),
    )
