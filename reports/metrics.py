"""What each indicator of the plan is made of: one function an indicator. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.estimate import Estimate
from reports.facility import Coverage, Facility, Link
from reports.figure import Basis, Figure, Unknown, joint_basis
from reports.guarantees import Certificate, joint, systems
from reports.interval import UNKNOWN, Interval, exact
from reports.judge import Ruling, Verdict
from reports.normalise import Capacity, total
from reports.targets import TargetPlan


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that an indicator is computed from."""

    facility: Facility
    capacities: tuple[Capacity, ...]
    """Under one policy."""
    plan: TargetPlan
    estimates: tuple[Estimate, ...] = ()
    """Of all machines that were measured."""
    certificates: tuple[Certificate, ...] = ()
    """What sealed tests of the IOPS guarantee say."""


BUSINESS_LOAD = "storage.mixed70.8k"
"""8 KiB, random, 70 % reads: the load that stands for a key business system."""

Metric = Callable[[Facts], Figure | Ruling | Unknown]


def compute_scale(facts: Facts) -> Figure | Unknown:
    """C_general + C_intelligent + C_hpc in FLOP/s, one policy (plan, indicator 1)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    return total(facts.capacities)


def large_ai_centres(facts: Facts) -> Figure | Unknown:
    """Sites whose C_intelligent reaches 100 PFLOPS in FP32 (plan, footnote 1).

    A site whose capacity is not known may be one: it widens the interval upwards. One whose nodes
    were not all measured may be none: it widens it downwards.
    """
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    floor = facts.plan.threshold("large_ai_centre").value
    surely, likely, perhaps = 0, 0, 0
    known = True
    how: list[str] = []
    gaps: list[str] = []
    bases: list[Basis | None] = []
    for site in facts.facility.sites:
        compute = total(facts.capacities, "intelligent", site)
        if isinstance(compute, Unknown):
            perhaps += 1
            known = False
            gaps.append(f"{site}: {compute.reason}")
            continue
        bases.append(compute.basis)
        surely += compute.amount.low >= floor
        reaches = compute.amount.high is None or compute.amount.high >= floor
        perhaps += reaches
        likely += compute.amount.value is not None and compute.amount.value >= floor
        known = known and (compute.amount.value is not None or not reaches)
        how.append(f"{site}: {_petaflops(compute.amount)} PFLOPS")
        if reaches and not compute.amount.low >= floor:
            gaps += compute.gaps
    if not bases:
        return Unknown("; ".join(gaps))
    amount = Interval(surely, float(likely) if known else None, perhaps)
    return Figure(amount, "count", joint_basis(bases), tuple(how), tuple(gaps))


def ai_compute_share(facts: Facts) -> Figure | Unknown:
    """C_intelligent / (C_general + C_intelligent + C_hpc), one policy (plan, indicator 3)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    parts = {c: total(facts.capacities, c) for c in ("general", "intelligent", "hpc")}
    unknown = [f"{name}: {p.reason}" for name, p in parts.items() if isinstance(p, Unknown)]
    known = {name: p for name, p in parts.items() if isinstance(p, Figure)}
    amounts = {name: known[name].amount if name in known else UNKNOWN for name in parts}
    rest = amounts["general"] + amounts["hpc"]
    if any(known[name].gaps for name in ("general", "hpc") if name in known):
        # Nodes that were left out may be faster than any that was measured.
        rest = Interval(rest.low, rest.value, None)
    share = amounts["intelligent"].share_with(rest)
    gaps = (*unknown, *dict.fromkeys(gap for p in known.values() for gap in p.gaps))
    if share is None or "intelligent" not in known:
        return Unknown("; ".join(gaps) or "no compute at all")
    basis = joint_basis(c.basis for c in facts.capacities)
    how = tuple(f"{name}: {_petaflops(amount)} PFLOPS" for name, amount in amounts.items())
    return Figure(share, "%", basis, how, gaps)


def edge_coverage(facts: Facts) -> Figure | Unknown:
    """Zones with edge compute over all listed zones (plan, footnote 2)."""
    return _coverage(facts.facility.edge_coverage, "zones with edge compute")


def optical_nodes(facts: Facts) -> Figure | Unknown:
    """Nodes with OXC or ROADM over all data centres and core nodes (plan, footnote 3)."""
    return _coverage(facts.facility.optical_nodes, "nodes with all-optical switching")


def srv6_share(facts: Facts) -> Figure | Unknown:
    """Device nodes with SRv6 enabled over all of them (plan, footnote 4)."""
    return _coverage(facts.facility.srv6_share, "device nodes with SRv6")


def otn_coverage(facts: Facts) -> Figure | Unknown:
    """Key places with OTN equipment over all of them (plan, footnote 5)."""
    return _coverage(facts.facility.otn_coverage, "key places with OTN")


def osu_share(facts: Facts) -> Figure | Unknown:
    """OTN nodes with OSU enabled over all OTN nodes (plan, footnote 6)."""
    return _coverage(facts.facility.osu_share, "OTN nodes with OSU")


def low_latency_rate(facts: Facts) -> Figure | Unknown:
    """Links at or below 1 ms or 3 ms, by where they lie, over all links (plan, footnote 7).

    A link that nobody measured may pass: it widens the interval upwards.
    """
    links = facts.facility.links
    if not links:
        return Unknown("no link between facilities is declared")
    limits = {
        "main_urban": facts.plan.threshold("latency_main_urban").value,
        "city": facts.plan.threshold("latency_city").value,
    }
    passing = sum(1 for link in links if link.latency_s is not None and _meets(link, limits))
    unmeasured = [link.name for link in links if link.latency_s is None]
    if len(unmeasured) == len(links):
        return Unknown("no link has a latency")
    count = len(links)
    amount = Interval(
        passing / count,
        None if unmeasured else passing / count,
        (passing + len(unmeasured)) / count,
    )
    gaps = tuple(f"link {name} has no latency" for name in unmeasured)
    how = (f"{passing} of {count} links at or below their limit",)
    return Figure(amount, "%", Basis.DECLARED, how, gaps)


def storage_total(facts: Facts) -> Figure | Unknown:
    """Capacity of all shared pools in bytes, on the facility's basis (plan, indicator 10)."""
    found = _storage(facts.facility)
    return found if isinstance(found, Unknown) else found[0]


def flash_share(facts: Facts) -> Figure | Unknown:
    """All-flash capacity over total capacity, on one basis (plan, footnote 8)."""
    found = _storage(facts.facility)
    if isinstance(found, Unknown):
        return found
    whole, flash, other = found
    share = flash.amount.share_with(other.amount)
    if share is None:
        return Unknown("the pools have no capacity")
    how = (*flash.how, *other.how)
    return Figure(share, "%", whole.basis, how, (*flash.gaps, *whole.gaps))


def applications(facts: Facts) -> Figure | Unknown:
    """Number of innovative applications, as declared (plan, indicator 12)."""
    declared = facts.facility.applications
    if declared is None:
        return Unknown("no number of applications is declared")
    return Figure(exact(declared.count), "count", Basis.DECLARED, (declared.source,))


def disaster_recovery(facts: Facts) -> Figure | Unknown:
    """Core and important data sets with tested recovery over all of them (plan, task 9)."""
    return _coverage(facts.facility.disaster_recovery, "data sets with tested recovery")


def large_ai_centre(facts: Facts) -> Figure | Unknown:
    """C_intelligent of this facility, as one site (plan, footnote 1)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    return total(facts.capacities, "intelligent")


def business_iops(facts: Facts) -> Figure | Ruling | Unknown:
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
    if short := [e for e in facts.estimates if e.metric == BUSINESS_LOAD]:
        slowest = min(short, key=lambda e: e.low)
        amount = Interval(slowest.low, slowest.value, slowest.high)
        return Figure(amount, slowest.unit, Basis.MEASURED, (f"{BUSINESS_LOAD}, a short test",))
    if facts.certificates:
        return Unknown("no facility file says which business system the tested volume bears")
    return Unknown(f"no business system is declared, and {BUSINESS_LOAD} was not measured")


METRICS: dict[str, Metric] = {
    metric.__name__: metric
    for metric in (
        compute_scale,
        large_ai_centres,
        ai_compute_share,
        edge_coverage,
        optical_nodes,
        srv6_share,
        otn_coverage,
        osu_share,
        low_latency_rate,
        storage_total,
        flash_share,
        applications,
        disaster_recovery,
        large_ai_centre,
        business_iops,
    )
}


def _coverage(declared: Coverage | None, what: str) -> Figure | Unknown:
    if declared is None:
        return Unknown(f"no number of {what} is declared")
    amount = exact(declared.covered / declared.total)
    how = (f"{declared.covered} of {declared.total} {what} ({declared.source})",)
    return Figure(amount, "%", Basis.DECLARED, how)


def _meets(link: Link, limits: dict[str, float]) -> bool:
    return link.latency_s is not None and link.latency_s <= limits[link.area]


def _storage(facility: Facility) -> tuple[Figure, Figure, Figure] | Unknown:
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

    def figure(low: int, high: int, how: str, gaps_here: tuple[str, ...]) -> Figure:
        amount = exact(float(low)) if low == high else Interval(float(low), None, float(high))
        amount = amount + UNKNOWN if gaps else amount
        return Figure(amount, "B", rests_on, (how,), gaps_here)

    rest = whole - flash - open_bytes
    return (
        figure(whole, whole, f"{len(known)} pools, {basis}", gaps),
        figure(flash, flash + open_bytes, f"flash {flash / 1e18:g} EB", media_gaps),
        figure(rest, rest + open_bytes, f"other {rest / 1e18:g} EB", ()),
    )


def _petaflops(amount: Interval) -> str:
    def text(bound: float | None) -> str:
        return "?" if bound is None else f"{bound / 1e15:.4g}"

    if amount.low == amount.high:
        return text(amount.low)
    return f"{text(amount.value)} [{text(amount.low)}, {text(amount.high)}]"
