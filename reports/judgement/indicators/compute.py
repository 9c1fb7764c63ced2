"""Indicators of compute: scale, large centres, intelligent share."""

from reports.capacity import total
from reports.judgement.indicators.facts import Facts
from reports.quantities import UNKNOWN, Basis, Interval, Quantity, Unknown, joint_basis


def compute_scale(facts: Facts) -> Quantity | Unknown:
    """C_general + C_intelligent + C_hpc in FLOP/s, one policy (plan, indicator 1)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    return total(facts.capacities)


def large_ai_centres(facts: Facts) -> Quantity | Unknown:
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
    return Quantity(amount, "count", joint_basis(bases), tuple(how), tuple(gaps))


def ai_compute_share(facts: Facts) -> Quantity | Unknown:
    """C_intelligent / (C_general + C_intelligent + C_hpc), one policy (plan, indicator 3)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    parts = {c: total(facts.capacities, c) for c in ("general", "intelligent", "hpc")}
    unknown = [f"{name}: {p.reason}" for name, p in parts.items() if isinstance(p, Unknown)]
    known = {name: p for name, p in parts.items() if isinstance(p, Quantity)}
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
    return Quantity(share, "%", basis, how, gaps)


def large_ai_centre(facts: Facts) -> Quantity | Unknown:
    """C_intelligent of this facility, as one site (plan, footnote 1)."""
    if not facts.capacities:
        return Unknown("no group of nodes is declared")
    return total(facts.capacities, "intelligent")


def _petaflops(amount: Interval) -> str:
    def text(bound: float | None) -> str:
        return "?" if bound is None else f"{bound / 1e15:.4g}"

    if amount.low == amount.high:
        return text(amount.low)
    return f"{text(amount.value)} [{text(amount.low)}, {text(amount.high)}]"
