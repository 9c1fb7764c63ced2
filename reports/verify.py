"""Trust nothing: every byte against the manifest, every figure computed again from the samples."""

from collections import Counter
from pathlib import Path

from bench import bundle
from bench.errors import InvalidEvidence
from bench.estimate import estimate
from bench.evidence import Evidence
from bench.judgements import definition, judgements
from bench.outcome import Measured, MeasuredIO, MeasuredTrial
from bench.plan import GuaranteeCase


def verify(folder: Path) -> Evidence:
    """The evidence in `folder`, if all of it holds. Raises InvalidEvidence, naming the file."""
    evidence = bundle.read(folder)
    _shapes_follow(evidence)
    _guarantees_are_asked_for_whole(evidence)
    _plan_is_carried_out(evidence)
    _results_are_right(evidence)
    _replicates_differ(evidence)
    try:
        _estimates_follow(evidence)
        _judgements_follow(evidence)
    except (ArithmeticError, ValueError) as error:
        raise _invalid(f"outcomes: nothing can be computed from them ({error}).") from error
    return evidence


def _shapes_follow(evidence: Evidence) -> None:
    """The shape that was measured is the one that the trials speak for."""
    for case, wanted in zip(evidence.plan.cases, evidence.plan.settled().cases, strict=True):
        if case != wanted:
            raise _invalid(
                f"plan.json: the shape of {case.metric} does not follow from its trials."
            )


def _guarantees_are_asked_for_whole(evidence: Evidence) -> None:
    """By the definition's own text, with all replicates, on as many bytes as it wants."""
    for case in evidence.plan.cases:
        if not isinstance(case, GuaranteeCase):
            continue
        host = evidence.inventory.host
        if case.memory_bytes < host.memory_bytes:
            raise _invalid(
                f"plan.json: the file is sized for {case.memory_bytes} bytes of memory; "
                f"{host.hostname} has {host.memory_bytes}."
            )
        demanded = definition(case)
        tier = demanded.tiers[case.tier]
        needed_bytes = tier.working_set_bytes(
            case.volume_bytes, case.memory_bytes, demanded.load.block_bytes, case.array_cache_bytes
        )
        for what, planned, wanted in (
            ("replicates", case.repeats, tier.replicates),
            ("bytes", case.needed_bytes, needed_bytes),
        ):
            if planned != wanted:
                raise _invalid(
                    f"plan.json: {planned} {what} are planned where tier {case.tier} of "
                    f"{demanded.id} wants {wanted}."
                )


def _plan_is_carried_out(evidence: Evidence) -> None:
    """Every planned repeat has exactly one outcome: leaving out a bad one would flatter."""
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
        if isinstance(outcome, MeasuredTrial) and isinstance(case, GuaranteeCase):
            result = outcome.trial.result
            if result is None or result.duration_s <= 0:
                raise _invalid(f"{name}: a replicate without a result is sealed as measured.")
            if result.engine != case.engine:
                raise _invalid(f"{name}: it was run by {result.engine}, planned is {case.engine}.")


def _replicates_differ(evidence: Evidence) -> None:
    """No two loads take every second alike: a copy of a good one would hide a bad one."""
    seen: dict[object, str] = {}
    for outcome in evidence.outcomes:
        if isinstance(outcome, MeasuredTrial) and outcome.trial.result is not None:
            name = f"outcomes/{outcome.case_id}.{outcome.repeat}.json"
            if (first := seen.setdefault(outcome.trial.result.windows, name)) != name:
                raise _invalid(f"{name} holds the same load as {first}.")


def _estimates_follow(evidence: Evidence) -> None:
    again = estimate(evidence.plan, evidence.outcomes)
    if again == evidence.estimates:
        return
    ours = {e.metric: e for e in again}
    theirs = {e.metric: e for e in evidence.estimates}
    wrong = next((m for m in sorted(ours | theirs) if ours.get(m) != theirs.get(m)), "their order")
    raise _invalid(f"estimates.json: {wrong} does not follow from the samples.")


def _judgements_follow(evidence: Evidence) -> None:
    again = judgements(evidence.plan, evidence.outcomes)
    if again == evidence.judgements:
        return
    sealed = {judged.case_id: judged.judgement for judged in evidence.judgements}
    for judged in again:
        ours, theirs = judged.judgement, sealed.get(judged.case_id)
        if theirs is None:
            raise _invalid(f"judgements.json: there is none on {judged.case_id}.")
        if ours.verdict != theirs.verdict:
            raise _invalid(
                f"judgements.json: {theirs.verdict} is sealed on {judged.case_id}; "
                f"its replicates come to {ours.verdict}."
            )
    raise _invalid("judgements.json: its checks and figures do not follow from the replicates.")


def _invalid(message: str) -> InvalidEvidence:
    return InvalidEvidence(message, "Do not use this bundle; measure again.")
