"""What a forger does who knows how a manifest is made, to evidence of a guarantee."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.analysis.estimates import estimate
from bench.analysis.guarantee import judgements
from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.outcome import MeasuredReplicate, Outcome
from bench.evidence.plan import GuaranteeCase
from bench.planning.guarantee import guarantee_plan
from bench.testing.guarantee import simulated_case, simulated_guarantee
from bench.testing.machine import simulated_inventory
from reports.verification import examine, verify
from storage_bench.guarantee.judging.verdict import CheckResult

QUICK = simulated_case("minute")


@pytest.fixture(scope="module")
def failed() -> Evidence:
    """Two sound replicates and one that misses."""
    return simulated_guarantee(iops={0: 20e3, 1: 9.9e3, 2: 20e3})


@pytest.fixture
def sealed(tmp_path: Path) -> Callable[[Evidence], Path]:
    def write(evidence: Evidence) -> Path:
        folder = tmp_path / "evidence"
        writer = BundleWriter(folder, evidence.inventory, evidence.plan)
        for outcome in evidence.outcomes:
            writer.add(outcome)
        writer.finish(evidence)
        return folder

    return write


def concluded(evidence: Evidence, outcomes: tuple[Outcome, ...]) -> Evidence:
    """Estimates and judgements as they follow from what is left."""
    return replace(
        evidence,
        outcomes=outcomes,
        estimates=estimate(evidence.plan, outcomes),
        judgements=judgements(evidence.plan, outcomes),
    )


def asked(evidence: Evidence, case: GuaranteeCase) -> Evidence:
    """The same outcomes to another question."""
    outcomes = tuple(replace(o, case_id=case.id) for o in evidence.outcomes[: case.repeats])
    return concluded(replace(evidence, plan=guarantee_plan(case)), outcomes)


def refusal(folder: Path) -> str:
    with pytest.raises(InvalidEvidence) as caught:
        verify(folder)
    return str(caught.value)


def test_evidence_of_a_guarantee_is_judged_again_and_holds(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    found = verify(sealed(failed)).evidence

    assert found == failed
    assert found.judgements[0].judgement.verdict is CheckResult.FAIL


def test_a_pass_over_replicates_that_fail_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    (judged,) = failed.judgements
    passed = replace(judged, judgement=replace(judged.judgement, verdict=CheckResult.PASS))

    said = refusal(sealed(replace(failed, judgements=(passed,))))

    assert "PASS is sealed" in said
    assert "come to FAIL" in said


def test_a_nicer_figure_under_the_right_verdict_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    (judged,) = failed.judgements
    nicer = replace(judged, judgement=replace(judged.judgement, misses=0))

    assert "do not follow" in refusal(sealed(replace(failed, judgements=(nicer,))))


def test_a_judgement_that_was_left_out_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    assert "there is none on storage.guarantee.full" in refusal(
        sealed(replace(failed, judgements=()))
    )


def test_leaving_out_the_bad_replicate_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    first, _, third = failed.outcomes

    assert "1.json is missing: it is planned" in refusal(sealed(concluded(failed, (first, third))))


def test_a_copy_of_a_good_replicate_in_place_of_the_bad_one_is_noticed(  # type: ignore[no-untyped-def]
    failed: Evidence, sealed
) -> None:
    first, _, third = failed.outcomes
    copied = replace(first, repeat=1)

    said = refusal(sealed(concluded(failed, (first, copied, third))))

    assert "1.json holds the same load as" in said


def test_a_file_sized_for_a_smaller_machine_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    case = replace(simulated_case(), memory_bytes=2**30)

    assert "is sized for 1073741824 bytes of memory" in refusal(sealed(asked(failed, case)))


def test_planning_fewer_replicates_or_bytes_than_the_tier_wants_is_noticed(  # type: ignore[no-untyped-def]
    failed: Evidence, sealed
) -> None:
    few = replace(simulated_case(), repeats=1)

    assert "1 replicates are planned where tier full" in refusal(sealed(asked(failed, few)))


def test_a_file_that_fits_a_cache_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    small = replace(simulated_case(), needed_bytes=2**30)

    assert "1073741824 bytes are planned where" in refusal(sealed(asked(failed, small)))


def test_a_softened_definition_is_noticed(failed: Evidence, sealed) -> None:  # type: ignore[no-untyped-def]
    other = replace(simulated_case(), guarantee_sha256="f" * 64)
    outcomes = tuple(replace(o, case_id=other.id) for o in failed.outcomes)
    forged = replace(failed, plan=guarantee_plan(other), outcomes=outcomes)

    assert "was asked for by another text" in refusal(sealed(forged))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("none", None),
        ("no result", "a replicate without a result is sealed as measured [OBS-001]"),
        ("no operation", "a job without a single operation [OBS-001]"),
        ("a negative count", "a replicate with a count below zero [OBS-001]"),
        ("engine", "measured by fio, planned is native [STO-017]"),
        ("length", "it lasted 31 s; 62 s are planned [STO-015]"),
        ("bytes", "bytes are not 1 bytes [STO-011]"),
    ],
)
def test_a_replicate_that_cannot_be_is_noticed(fault: str, said: str | None, sealed) -> None:  # type: ignore[no-untyped-def]
    real = replace(simulated_inventory("db1"), simulated=False)
    evidence = simulated_guarantee(QUICK, inventory=real)
    (outcome,) = evidence.outcomes
    assert isinstance(outcome, MeasuredReplicate)
    result, back = outcome.replicate.result, outcome.replicate.integrity
    assert result is not None
    assert result.read is not None
    assert back is not None
    wrong: dict[str, object] = {
        "none": {},
        "no result": {"result": None},
        "no operation": {"result": replace(result, read=None, write=None)},
        "a negative count": {"integrity": replace(back, broken=-1)},
        "engine": {"result": replace(result, engine="fio")},
        "length": {"result": replace(result, duration_s=31.0)},
        "bytes": {"result": replace(result, read=replace(result.read, io_bytes=1))},
    }
    forged = replace(outcome, replicate=replace(outcome.replicate, **wrong[fault]))
    try:
        evidence = concluded(evidence, (forged,))
    except (ArithmeticError, ValueError):  # nothing follows: the forger leaves what was concluded
        evidence = replace(evidence, outcomes=(forged,))
    folder = sealed(evidence)

    if said is None:
        found = examine(folder)
        assert (found.evidence, found.findings) == (evidence, ())
    else:
        assert said in refusal(folder)


def test_a_figure_of_another_tier_cannot_bear_the_name_of_one_that_certifies(sealed) -> None:  # type: ignore[no-untyped-def]
    real = replace(simulated_inventory("db1"), simulated=False)
    case = replace(QUICK, metric="storage.guarantee.full")

    said = refusal(sealed(simulated_guarantee(case, inventory=real)))

    assert "tier minute of a guarantee has another name" in said
    assert "[PLN-001]" in said


def test_windows_that_hold_more_than_was_done_are_no_pass(sealed) -> None:  # type: ignore[no-untyped-def]
    evidence = simulated_guarantee(QUICK, iops=9.9e3)
    (outcome,) = evidence.outcomes
    assert isinstance(outcome, MeasuredReplicate)
    result = outcome.replicate.result
    assert result is not None
    flattered = tuple(replace(w, reads=w.reads + 200) for w in result.windows)
    forged = replace(
        outcome, replicate=replace(outcome.replicate, result=replace(result, windows=flattered))
    )

    found = verify(sealed(concluded(evidence, (forged,)))).evidence

    assert found.judgements[0].judgement.verdict is not CheckResult.PASS
    assert any(r.startswith("windows: they hold") for r in found.judgements[0].judgement.reasons)
