"""Verification of guarantees: asked for whole, with the verdict of their replicates. Pure."""

from bench.analysis.guarantee import definition, judgements
from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.outcome import MeasuredReplicate, outcome_path
from bench.evidence.plan import GuaranteeCase


def require_whole_guarantees(evidence: Evidence) -> None:
    """By the definition's own text, with all replicates, on as many bytes as it wants.

    Raises InvalidEvidence for anything less.
    """
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


def require_judgements(evidence: Evidence) -> None:
    """The sealed judgements are those that follow, and no replicate stands there twice.

    Two real loads never take every second alike: a copy of a good one would hide a bad one. Raises
    InvalidEvidence.
    """
    seen: dict[object, str] = {}
    for outcome in evidence.outcomes:
        if isinstance(outcome, MeasuredReplicate) and outcome.replicate.result is not None:
            name = outcome_path(outcome)
            if (first := seen.setdefault(outcome.replicate.result.windows, name)) != name:
                raise _invalid(f"{name} holds the same load as {first}.")
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
