"""Comparison of a quantity with its target: the interval decides."""

from collections.abc import Iterable
from typing import Literal, assert_never

from reports.declarations.capacity_plan import Operator, Scope
from reports.declarations.facility import Facility
from reports.judgement.verdict import Alternative, Judged, PlanFinding, Robustness, Ruling, Verdict
from reports.quantities import Interval, Quantity, Unknown


def compare(amount: Interval, operator: Operator, target: float) -> Verdict:
    """Hold an interval against a target; an open bound that would decide is not measured."""
    match operator:
        case ">=":
            surely, never = amount.low >= target, _below(amount.high, target)
        case ">":
            surely = amount.low > target
            never = amount.high is not None and amount.high <= target
        case "<=":
            surely = amount.high is not None and amount.high <= target
            never = amount.low > target
        case _:
            assert_never(operator)
    if surely:
        return Verdict.MET
    if never:
        return Verdict.NOT_MET
    return Verdict.NOT_MEASURED if amount.high is None else Verdict.UNDECIDED


def judge(
    found: Quantity | Ruling | Unknown,
    operator: Operator,
    target: float,
    scope: Scope,
    facility: Facility,
) -> Judged:
    """The verdict on one target. One machine is not a city: then nothing is judged."""
    if isinstance(found, Ruling):
        return Judged(found.verdict, found.reason)
    if (outside := scope_gap(scope, facility)) is not None:
        if isinstance(found, Unknown) and scope != "link":
            outside = f"{outside}; {found.reason}"
        elif contributes(scope, facility):
            outside = f"{outside}; it shows what it contributes"
        return Judged(Verdict.NOT_MEASURED, outside)
    if isinstance(found, Unknown):
        return Judged(Verdict.NOT_MEASURED, found.reason)
    verdict = compare(found.amount, operator, target)
    if verdict in (Verdict.UNDECIDED, Verdict.NOT_MEASURED):
        missing = "; ".join(found.gaps)
        inside = "the target lies inside the interval"
        return Judged(Verdict.NOT_MEASURED if missing else verdict, missing or inside)
    return Judged(verdict, "; ".join(found.gaps))


def contributes(scope: Scope, facility: Facility) -> bool:
    """Whether the facility is a part of what the target is about."""
    order = ("machine", "facility", "city")
    return scope in order and order.index(facility.scope) < order.index(scope)


def scope_gap(scope: Scope, facility: Facility) -> str | None:
    """Why this facility is not what the target is about, or None where it is."""
    match (scope, facility.scope):
        case ("city", "city") | ("facility", "facility"):
            return None
        case ("city", part):
            return f"one {part} is not a city"
        case ("facility", "machine"):
            return "one machine is not a data centre"
        case ("facility", _):
            return "each site is judged by itself, in indicator 2"
        case ("link", _):
            return "each link is judged by itself, in indicator 9"
        case _:
            return "a guarantee is judged on the volume of a business system, in steady state"


def robustness(chosen: Judged, alternatives: Iterable[Alternative]) -> Robustness | None:
    """Whether the chosen policy's verdict stands under every certifiable one; None if undecided."""
    match chosen.verdict:
        case Verdict.NOT_MET:
            return Robustness.FAIL
        case Verdict.NOT_MEASURED:
            return Robustness.NOT_COMPUTABLE
        case Verdict.UNDECIDED:
            return None
        case Verdict.MET:
            others = (a.verdict for a in alternatives if a.certifiable)
            stands = all(verdict is Verdict.MET for verdict in others)
            return Robustness.PASS_ROBUST if stands else Robustness.PASS_POLICY_DEPENDENT
        case _:
            assert_never(chosen.verdict)


def exit_code(findings: Iterable[PlanFinding], strict: bool) -> Literal[0, 1]:
    """0 where nothing is below target; strictly, 0 only where every target is met."""
    judged = [finding for finding in findings if finding.binding]
    if strict:
        return 0 if all(finding.verdict is Verdict.MET for finding in judged) else 1
    return 1 if any(finding.verdict is Verdict.NOT_MET for finding in judged) else 0


def _below(bound: float | None, target: float) -> bool:
    return bound is not None and bound < target
