"""Judgement of a guarantee from its plan and replicates alone. Pure.

The judge itself lies with the work, in `storage_bench.guarantee.judging`; here it gets what a run
left.
"""

from collections.abc import Iterable
from typing import assert_never

from bench.errors import InvalidEvidence
from bench.evidence.conclusions import CaseJudgement
from bench.evidence.outcome import Failed, Measured, MeasuredIO, MeasuredReplicate, Outcome, Skipped
from bench.evidence.plan import GuaranteeCase, Plan
from storage_bench.errors import StorageError
from storage_bench.guarantee import definition as guarantees
from storage_bench.guarantee.definition import Guarantee
from storage_bench.guarantee.judging.judge import judge
from storage_bench.guarantee.judging.verdict import Judgement
from storage_bench.observations import Replicate

SEED_STEP = 10
"""Between the seeds of two replicates: each load within one has a seed of its own."""


def judgements(plan: Plan, outcomes: Iterable[Outcome]) -> tuple[CaseJudgement, ...]:
    """One for each guarantee of the plan, in its order.

    Raises InvalidEvidence where a definition is not the one that was asked for.
    """
    found = tuple(outcomes)
    return tuple(
        CaseJudgement(case.id, _judge(case, trials(case, found)))
        for case in plan.cases
        if isinstance(case, GuaranteeCase)
    )


def trials(case: GuaranteeCase, outcomes: Iterable[Outcome]) -> tuple[Replicate, ...]:
    """The replicates in their order; one that failed or was skipped is one without a result."""
    own = sorted((o for o in outcomes if o.case_id == case.id), key=lambda o: o.repeat)
    found = []
    for outcome in own:
        match outcome:
            case MeasuredReplicate():
                found.append(outcome.replicate)
            case Failed() | Skipped():
                found.append(Replicate(case.needed_bytes, None, outcome.reason.text))
            case Measured() | MeasuredIO():
                raise _invalid(
                    f"replicate {outcome.repeat + 1} of {case.metric} is none of a guarantee."
                )
            case _:
                assert_never(outcome)
    return tuple(found)


def definition(case: GuaranteeCase) -> Guarantee:
    """The definition that the case was asked by. Raises InvalidEvidence for any other."""
    try:
        digest = guarantees.text_sha256(case.guarantee)
    except StorageError as error:
        raise InvalidEvidence(error.reason, "Judge it by the capbench that measured it.") from error
    if digest != case.guarantee_sha256:
        raise _invalid(
            f"{case.guarantee} was asked for by another text than the one that bears its name: "
            f"SHA-256 {case.guarantee_sha256[:12]}…, here {digest[:12]}…."
        )
    found = guarantees.load(case.guarantee)
    if case.tier not in found.tiers:
        raise _invalid(f'{found.id} has no tier "{case.tier}".')
    return found


def _judge(case: GuaranteeCase, trials: tuple[Replicate, ...]) -> Judgement:
    return judge(definition(case), case.tier, trials, case.needed_bytes, case.capped)


def _invalid(message: str) -> InvalidEvidence:
    return InvalidEvidence(message, "Do not use this bundle; measure again.")
