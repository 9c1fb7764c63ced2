"""Indicators of storage: capacity, flash share, the IOPS guarantee."""

from bench.evidence.conclusions import Statistic
from reports.declarations.facility import Facility
from reports.judgement.guarantees import joint, systems
from reports.judgement.indicators.facts import Facts
from reports.judgement.verdict import Ruling, Verdict
from reports.quantities import UNKNOWN, Basis, Interval, Quantity, Unknown, exact

BUSINESS_LOAD = "storage.mixed70.8k"
"""8 KiB, random, 70 % reads: the load that stands for a key business system."""


def storage_total(facts: Facts) -> Quantity | Unknown:
    """Capacity of all shared pools in bytes, on the facility's basis (plan, indicator 10)."""
    found = _storage(facts.facility)
    return found if isinstance(found, Unknown) else found[0]


def flash_share(facts: Facts) -> Quantity | Unknown:
    """All-flash capacity over total capacity, on one basis (plan, footnote 8)."""
    found = _storage(facts.facility)
    if isinstance(found, Unknown):
        return found
    whole, flash, other = found
    share = flash.amount.share_with(other.amount)
    if share is None:
        return Unknown("the pools have no capacity")
    how = (*flash.how, *other.how)
    return Quantity(share, "%", whole.basis, how, (*flash.gaps, *whole.gaps))


def business_iops(facts: Facts) -> Quantity | Ruling | Unknown:
    """The guarantee on the volume of each business system, by sealed evidence (plan, task 8).

    Without a system there is nothing to judge: then the mixed random IOPS of the slowest machine
    are shown, which a short test found, and which are an indication and no more.
    """
    threshold = facts.plan.threshold("business_iops").value
    if found := systems(facts.facility, facts.certificates, threshold):
        verdicts = [each.verdict for each in found]
        met, count = verdicts.count(Verdict.MET), len(found)
        open_ = tuple(
            f"{each.system} ({each.volume}) {each.verdict}: {each.reason}"
            for each in found
            if each.verdict is not Verdict.MET
        )
        return Ruling(
            verdict=joint(verdicts),
            reason="; ".join(open_) or "each volume was tested by itself, not all at once",
            said=f"{met} of {count} {'system' if count == 1 else 'systems'}",
            how=tuple(f"{each.system} on {each.volume}: {each.verdict}" for each in found),
        )
    short = [
        e
        for e in facts.estimates
        if e.metric == BUSINESS_LOAD
        and e.statistic is Statistic.VALUE
        and e.implementation is None
        and e.operation is None
    ]
    if short:
        slowest = min(short, key=lambda e: e.low)
        amount = Interval(slowest.low, slowest.value, slowest.high)
        return Quantity(amount, slowest.unit, Basis.MEASURED, (f"{BUSINESS_LOAD}, a short test",))
    if facts.certificates:
        return Unknown("no facility file says which business system the tested volume bears")
    return Unknown(f"no business system is declared, and {BUSINESS_LOAD} was not measured")


def _storage(facility: Facility) -> tuple[Quantity, Quantity, Quantity] | Unknown:
    """All capacity, its flash part, and the rest of it."""
    basis = facility.storage_basis
    pools = [pool for pool in facility.pools if pool.shared]
    if not pools:
        return Unknown("no shared storage pool is declared")
    known = [(pool, size) for pool in pools if (size := pool.capacity_bytes(basis)) is not None]
    gaps = tuple(
        f"pool {pool.name} has no {basis} capacity"
        for pool in pools
        if pool.capacity_bytes(basis) is None
    )
    if not known:
        return Unknown("; ".join(gaps))
    # Whole bytes as integers to the end: a sum of exabytes must not depend on the order of pools.
    whole = sum(size for _, size in known)
    flash = sum(pool.flash_bytes(basis) or 0 for pool, _ in known)
    unclear = [(pool, size) for pool, size in known if pool.flash_bytes(basis) is None]
    open_bytes = sum(size for _, size in unclear)
    # A machine by itself declares nothing: its drives were found.
    rests_on = Basis.MEASURED if facility.scope == "machine" else Basis.DECLARED
    media_gaps = tuple(f"pool {pool.name}: {pool.media}, flash unknown" for pool, _ in unclear)

    def figure(low: int, high: int, how: str, gaps_here: tuple[str, ...]) -> Quantity:
        amount = exact(float(low)) if low == high else Interval(float(low), None, float(high))
        amount = amount + UNKNOWN if gaps else amount
        return Quantity(amount, "B", rests_on, (how,), gaps_here)

    rest = whole - flash - open_bytes
    return (
        figure(whole, whole, f"{len(known)} pools, {basis}", gaps),
        figure(flash, flash + open_bytes, f"flash {flash / 1e18:g} EB", media_gaps),
        figure(rest, rest + open_bytes, f"other {rest / 1e18:g} EB", ()),
    )
