"""Findings: every target of the plan, under the chosen policy and the others."""

from collections.abc import Mapping
from typing import assert_never

from reports.declarations.capacity_plan import Indicator, Operator, Scope, Threshold
from reports.declarations.policy import Policy
from reports.judgement.indicators import METRICS
from reports.judgement.indicators.facts import Facts
from reports.judgement.judge import contributes, judge, robustness
from reports.judgement.verdict import Alternative, Judged, PlanFinding, Ruling, Verdict
from reports.quantities import Basis, Quantity, Unknown


def indicators(facts: Mapping[Policy, Facts], year: int) -> tuple[PlanFinding, ...]:
    """One finding an indicator, in the plan's order; the first policy is the chosen one."""
    first = next(iter(facts.values()))
    return tuple(_indicator(indicator, facts, year) for indicator in first.plan.indicators)


def thresholds(facts: Mapping[Policy, Facts]) -> tuple[PlanFinding, ...]:
    """One finding a threshold of the plan's text."""
    first = next(iter(facts.values()))
    return tuple(_threshold(threshold, facts) for threshold in first.plan.thresholds)


def _indicator(indicator: Indicator, facts: Mapping[Policy, Facts], year: int) -> PlanFinding:
    telecom = next(iter(facts.values())).facility.telecom
    target = indicator.target(year, telecom)
    return _finding(
        facts,
        number=indicator.number,
        id=indicator.id,
        year=year,
        operator=target.operator,
        target=target.value,
        unit=indicator.unit.si,
        scope=indicator.scope,
        policy_dependent=indicator.policy_dependent,
        binding=True,
    )


def _threshold(threshold: Threshold, facts: Mapping[Policy, Facts]) -> PlanFinding:
    return _finding(
        facts,
        number=None,
        id=threshold.id,
        year=None,
        operator=threshold.operator,
        target=threshold.value,
        unit=threshold.unit.si,
        scope=threshold.scope,
        policy_dependent=threshold.id == "large_ai_centre",
        binding=threshold.binding,
    )


def _finding(
    facts: Mapping[Policy, Facts],
    *,
    number: int | None,
    id: str,
    year: int | None,
    operator: Operator,
    target: float,
    unit: str,
    scope: Scope,
    policy_dependent: bool,
    binding: bool,
) -> PlanFinding:
    results = {policy: _figure(id, of_policy) for policy, of_policy in facts.items()}
    facility = next(iter(facts.values())).facility
    judged = {
        policy: judge(found, operator, target, scope, facility) for policy, found in results.items()
    }
    chosen, *others = results
    alternatives = tuple(_alternative(p, results[p], judged[p]) for p in others)
    found = results[chosen]
    amount = found.amount if isinstance(found, Quantity) else None
    # A volume is a part of no city, but what the test of one has shown is worth a look.
    shown = scope == facility.scope or scope == "volume" or contributes(scope, facility)
    return PlanFinding(
        number=number,
        id=id,
        year=year,
        operator=operator,
        target=target,
        unit=unit,
        scope=scope,
        verdict=judged[chosen].verdict,
        reason=judged[chosen].reason,
        amount=amount if scope == facility.scope else None,
        contribution=amount if shown and scope != facility.scope else None,
        basis=_basis(found) if shown else None,
        policy=chosen.name if policy_dependent else None,
        alternatives=alternatives if policy_dependent else (),
        robustness=robustness(judged[chosen], alternatives) if policy_dependent else None,
        how=() if isinstance(found, Unknown) else found.how,
        gaps=found.gaps if isinstance(found, Quantity) else (found.reason,),
        binding=binding,
        said=found.said if isinstance(found, Ruling) else None,
    )


def _basis(found: Quantity | Ruling | Unknown) -> Basis | None:
    match found:
        case Quantity():
            return found.basis
        case Ruling():
            # Which system stands on which volume is declared.
            return Basis.MIXED if found.verdict is not Verdict.NOT_MEASURED else None
        case Unknown():
            return None
        case _:
            assert_never(found)


def _figure(id: str, facts: Facts) -> Quantity | Ruling | Unknown:
    metric = METRICS.get(id)
    if metric is None:
        return Unknown("no formula is known for it")
    return metric(facts)


def _alternative(policy: Policy, found: Quantity | Ruling | Unknown, judged: Judged) -> Alternative:
    return Alternative(
        policy=policy.name,
        certifiable=policy.certifiable,
        verdict=judged.verdict,
        amount=found.amount if isinstance(found, Quantity) else None,
        reason=found.reason if isinstance(found, Unknown) else judged.reason,
    )
