"""Indicators of services: applications, disaster recovery."""

from reports.judgement.indicators.facts import Facts, declared_share
from reports.quantities import Basis, Quantity, Unknown, exact


def applications(facts: Facts) -> Quantity | Unknown:
    """Number of innovative applications, as declared (plan, indicator 12)."""
    declared = facts.facility.applications
    if declared is None:
        return Unknown("no number of applications is declared")
    return Quantity(exact(declared.count), "count", Basis.DECLARED, (declared.source,))


def disaster_recovery(facts: Facts) -> Quantity | Unknown:
    """Core and important data sets with tested recovery over all of them (plan, task 9)."""
    return declared_share(facts.facility.disaster_recovery, "data sets with tested recovery")
