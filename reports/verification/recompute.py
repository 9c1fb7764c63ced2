"""Recomputation of everything that is concluded from the samples."""

from collections import Counter

from bench.analysis.estimates import estimates_of
from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.container.limits import MAX_FILES
from bench.evidence.outcome import Measured, MeasuredIO, MeasuredReplicate, outcome_path
from bench.evidence.plan import GuaranteeCase, KernelCase, StorageCase
from reports.performance.subject import Subject

_CASES: dict[type, type] = {
    Measured: KernelCase,
    MeasuredIO: StorageCase,
    MeasuredReplicate: GuaranteeCase,
}


def require_shapes(evidence: Evidence) -> None:
    """The shape that was measured is the one that the trials speak for."""
    for case, wanted in zip(evidence.plan.cases, evidence.plan.settled().cases, strict=True):
        if case != wanted:
            raise invalid(f"plan.json: the shape of {case.metric} does not follow from its trials.")


def require_plan_carried_out(evidence: Evidence) -> None:
    """Every planned repeat has exactly one outcome: leaving out a bad one would flatter."""
    planned = sum(case.repeats for case in evidence.plan.cases)
    if planned > MAX_FILES:  # said before they are all written down
        raise invalid(f"plan.json: {planned} repeats are more than a bundle can hold.")
    wanted = Counter((case.id, repeat) for case, repeat in evidence.plan.scheduled_cases())
    found = Counter((outcome.case_id, outcome.repeat) for outcome in evidence.outcomes)
    if missing := sorted((wanted - found).elements()):
        case_id, repeat = missing[0]
        raise invalid(f"outcomes/{case_id}.{repeat}.json is missing: it is planned.")
    if surplus := sorted((found - wanted).elements()):
        case_id, repeat = surplus[0]
        raise invalid(f"outcomes/{case_id}.{repeat}.json has no place in plan.json.")


def require_right_results(subject: Subject) -> None:
    """Nothing that was measured wrong, or of another kind than was asked, is sealed as measured."""
    for outcome in subject.evidence.outcomes:
        name = outcome_path(outcome)
        if isinstance(outcome, Measured) and not outcome.is_valid:
            raise invalid(f"{name}: a wrong result is sealed as measured.")
        case = subject.derived.cases[outcome.case_id]
        expected = _CASES.get(type(outcome))
        if expected is not None and type(case) is not expected:
            raise invalid(f"{name}: the outcome is not of the kind that plan.json asks for.")


def require_estimates(subject: Subject) -> None:
    """Every figure follows from the samples, and none is missing."""
    evidence = subject.evidence
    try:
        again = estimates_of(subject.derived)
    except ArithmeticError as error:
        raise invalid(f"No figure follows from the samples: {error}.") from error
    if again == evidence.estimates:
        return
    ours = {e.name: e for e in again}
    theirs = {e.name: e for e in evidence.estimates}
    wrong = next((m for m in sorted(ours | theirs) if ours.get(m) != theirs.get(m)), "their order")
    raise invalid(f"estimates.json: {wrong} does not follow from the samples.")


def invalid(message: str) -> InvalidEvidence:
    return InvalidEvidence(message, "Do not use this bundle; measure again.")
