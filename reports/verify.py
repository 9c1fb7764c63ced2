"""Trust nothing: every byte against the manifest, every figure computed again from the samples.

And every observation against the others: what contradicts itself was not observed.
"""

from collections import Counter
from pathlib import Path

from bench import bundle
from bench.errors import InvalidEvidence
from bench.estimate import estimate
from bench.evidence import Evidence
from bench.outcome import Measured, MeasuredIO, MeasuredTrial
from reports.audit import audit, grave, malformed
from reports.audit.finding import Finding, Severity
from reports.verify_guarantees import require_judgements, require_whole_guarantees


def verify(folder: Path) -> Evidence:
    """The evidence in `folder`, if all of it holds. Raises InvalidEvidence, naming the file."""
    evidence, findings = examine(folder)
    if critical := grave(findings, Severity.CRITICAL):
        more = f" ({len(critical) - 1} more such findings)" if len(critical) > 1 else ""
        raise InvalidEvidence(
            f"{critical[0].where}: {critical[0].because} [{critical[0].rule}]{more}.",
            f"Do not use this bundle; capbench verify {folder} lists every finding.",
        )
    return evidence


def examine(folder: Path) -> tuple[Evidence, tuple[Finding, ...]]:
    """The evidence in `folder`, and everything that an audit of it found.

    Raises InvalidEvidence where it is not whole or its figures do not follow from it.
    """
    evidence = bundle.read(folder)
    if found := malformed(evidence):
        raise _invalid(f"{found[0].where}: {found[0].because} [{found[0].rule}].")
    _shapes_follow(evidence)
    require_whole_guarantees(evidence)
    _plan_is_carried_out(evidence)
    _results_are_right(evidence)
    _estimates_follow(evidence)
    require_judgements(evidence)
    return evidence, audit(evidence)


def _shapes_follow(evidence: Evidence) -> None:
    """The shape that was measured is the one that the trials speak for."""
    for case, wanted in zip(evidence.plan.cases, evidence.plan.settled().cases, strict=True):
        if case != wanted:
            raise _invalid(
                f"plan.json: the shape of {case.metric} does not follow from its trials."
            )


def _plan_is_carried_out(evidence: Evidence) -> None:
    """Every planned repeat has exactly one outcome: leaving out a bad one would flatter."""
    planned = sum(case.repeats for case in evidence.plan.cases)
    if planned > bundle.MAX_FILES:  # said before they are all written down
        raise _invalid(f"plan.json: {planned} repeats are more than a bundle can hold.")
    wanted = Counter((case.id, repeat) for case, repeat in evidence.plan.rounds())
    found = Counter((outcome.case_id, outcome.repeat) for outcome in evidence.outcomes)
    if missing := sorted((wanted - found).elements()):
        case_id, repeat = missing[0]
        raise _invalid(f"outcomes/{case_id}.{repeat}.json is missing: it is planned.")
    if surplus := sorted((found - wanted).elements()):
        case_id, repeat = surplus[0]
        raise _invalid(f"outcomes/{case_id}.{repeat}.json has no place in plan.json.")


def _results_are_right(evidence: Evidence) -> None:
    cases = {case.id: case for case in evidence.plan.cases}
    for outcome in evidence.outcomes:
        name = f"outcomes/{outcome.case_id}.{outcome.repeat}.json"
        if isinstance(outcome, Measured):
            if not (outcome.error <= outcome.tolerance):
                raise _invalid(f"{name}: a wrong result is sealed as measured.")
            if any(s.duration_s <= 0 or s.launches < 1 for s in outcome.samples):
                raise _invalid(f"{name}: a sample without time or work is sealed as measured.")
        case = cases[outcome.case_id]
        expected = {
            Measured: "kernel", MeasuredIO: "storage", MeasuredTrial: "guarantee"
        }.get(type(outcome), case.kind)  # fmt: skip
        if case.kind != expected:
            raise _invalid(f"{name}: the outcome is not of the kind that plan.json asks for.")


def _estimates_follow(evidence: Evidence) -> None:
    try:
        again = estimate(evidence.plan, evidence.outcomes)
    except ArithmeticError as error:
        raise _invalid(f"No figure follows from the samples: {error}.") from error
    if again == evidence.estimates:
        return
    ours = {e.metric: e for e in again}
    theirs = {e.metric: e for e in evidence.estimates}
    wrong = next((m for m in sorted(ours | theirs) if ours.get(m) != theirs.get(m)), "their order")
    raise _invalid(f"estimates.json: {wrong} does not follow from the samples.")


def _invalid(message: str) -> InvalidEvidence:
    return InvalidEvidence(message, "Do not use this bundle; measure again.")
