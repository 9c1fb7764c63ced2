"""Everything that an indicator is computed from."""

from dataclasses import dataclass

from bench.evidence.conclusions import Estimate
from reports.capacity import Capacity
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.facility import Coverage, Facility
from reports.judgement.guarantees import Certificate
from reports.quantities import Basis, Quantity, Unknown, exact


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that an indicator is computed from."""

    facility: Facility
    capacities: tuple[Capacity, ...]
    """Under one policy."""
    plan: CapacityPlan
    estimates: tuple[Estimate, ...] = ()
    """Of all machines that were measured."""
    certificates: tuple[Certificate, ...] = ()
    """What sealed tests of the IOPS guarantee say."""


def declared_share(declared: Coverage | None, what: str) -> Quantity | Unknown:
    if declared is None:
        return Unknown(f"no number of {what} is declared")
    amount = exact(declared.covered / declared.total)
    how = (f"{declared.covered} of {declared.total} {what} ({declared.source})",)
    return Quantity(amount, "%", Basis.DECLARED, how)
