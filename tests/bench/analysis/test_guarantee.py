"""From plan and outcomes to judgements."""

import pytest

from bench.analysis.guarantee import definition, judgements, trials
from bench.errors import InvalidEvidence
from bench.evidence.codec import replace
from bench.evidence.outcome import MeasuredIO, Readings
from bench.testing.guarantee import simulated_case, simulated_guarantee
from bench.testing.machine import simulated_evidence
from storage_bench.guarantee.judging.verdict import CheckResult
from storage_bench.observations import Replicate


def test_every_guarantee_of_a_plan_is_judged_and_nothing_else_is() -> None:
    assert simulated_evidence().judgements == ()
    (judged,) = simulated_guarantee().judgements
    assert judged.judgement.verdict is CheckResult.PASS
    assert (judged.judgement.certifies, judged.judgement.demonstrated) == (True, True)
    assert judged.judgement.seconds == 3 * 3600


@pytest.mark.parametrize(
    ("iops", "verdict"),
    [
        ({0: 20e3, 1: 20e3, 2: 9.9e3}, CheckResult.FAIL),
        (10.1e3, CheckResult.PASS),
        (9.9e3, CheckResult.FAIL),
    ],
)
def test_one_bad_replicate_fails_the_guarantee(iops, verdict) -> None:  # type: ignore[no-untyped-def]
    assert simulated_guarantee(iops=iops).judgements[0].judgement.verdict is verdict


def test_a_replicate_that_failed_is_a_trial_without_a_result_and_never_a_pass() -> None:
    evidence = simulated_guarantee(failures={1: "it was cut off"})
    case = simulated_case()

    assert trials(case, evidence.outcomes)[1] == Replicate(
        case.needed_bytes, None, "it was cut off"
    )
    assert evidence.judgements[0].judgement.verdict is CheckResult.INCONCLUSIVE
    assert "replicate 2, load: it was cut off" in evidence.judgements[0].judgement.reasons


def test_the_order_of_outcomes_does_not_matter() -> None:
    evidence = simulated_guarantee(iops={0: 20e3, 1: 9.9e3, 2: 20e3})

    assert judgements(evidence.plan, evidence.outcomes[::-1]) == evidence.judgements


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"guarantee_sha256": "0" * 64}, "by another text"),
        ({"guarantee": "silver@9"}, "No guarantee is called"),
        ({"tier": "gold"}, 'has no tier "gold"'),
    ],
)
def test_a_definition_that_is_not_the_one_asked_for_is_refused(changes, said) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidEvidence, match=said):
        definition(replace(simulated_case(), **changes))


def test_an_outcome_that_is_no_trial_is_refused() -> None:
    evidence = simulated_guarantee(case=simulated_case("ci"))
    first = evidence.outcomes[0]
    assert first.kind == "measured-replicate"
    assert first.replicate.result is not None
    stray = MeasuredIO(first.case_id, 0, first.replicate.result, Readings(), first.disturbance, {})

    with pytest.raises(InvalidEvidence, match="is none of a guarantee"):
        judgements(evidence.plan, (stray, *evidence.outcomes[1:]))
