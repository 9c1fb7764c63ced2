"""Indicators of the network: coverage, optical nodes, latency."""

from reports.declarations.facility import Link
from reports.judgement.indicators.facts import Facts, declared_share
from reports.quantities import Basis, Interval, Quantity, Unknown


def edge_coverage(facts: Facts) -> Quantity | Unknown:
    """Zones with edge compute over all listed zones (plan, footnote 2)."""
    return declared_share(facts.facility.edge_coverage, "zones with edge compute")


def optical_nodes(facts: Facts) -> Quantity | Unknown:
    """Nodes with OXC or ROADM over all data centres and core nodes (plan, footnote 3)."""
    return declared_share(facts.facility.optical_nodes, "nodes with all-optical switching")


def srv6_share(facts: Facts) -> Quantity | Unknown:
    """Device nodes with SRv6 enabled over all of them (plan, footnote 4)."""
    return declared_share(facts.facility.srv6_share, "device nodes with SRv6")


def otn_coverage(facts: Facts) -> Quantity | Unknown:
    """Key places with OTN equipment over all of them (plan, footnote 5)."""
    return declared_share(facts.facility.otn_coverage, "key places with OTN")


def osu_share(facts: Facts) -> Quantity | Unknown:
    """OTN nodes with OSU enabled over all OTN nodes (plan, footnote 6)."""
    return declared_share(facts.facility.osu_share, "OTN nodes with OSU")


def low_latency_rate(facts: Facts) -> Quantity | Unknown:
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
    return Quantity(amount, "%", Basis.DECLARED, how, gaps)


def _meets(link: Link, limits: dict[str, float]) -> bool:
    return link.latency_s is not None and link.latency_s <= limits[link.area]
