"""Trust nothing."""

from pathlib import Path

import pytest

from bench.analysis.estimates import estimate
from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, Samples
from bench.testing.machine import simulated_evidence
from reports.verification import examine_evidence, verify

REPORTS = Path(__file__).parents[3] / "reports"


@pytest.fixture
def measured() -> Evidence:
    return simulated_evidence()


def write(evidence: Evidence, folder: Path) -> Path:
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder


def test_evidence_that_holds_is_returned(measured: Evidence, tmp_path: Path) -> None:
    assert verify(write(measured, tmp_path / "evidence")).evidence == measured


def test_any_flipped_byte_of_any_file_is_noticed_and_its_file_named(
    measured: Evidence, tmp_path: Path
) -> None:
    folder = write(measured, tmp_path / "evidence")
    unnoticed = []
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        good = path.read_bytes()
        for position in range(len(good)):
            flipped = bytearray(good)
            flipped[position] ^= 0x01
            path.write_bytes(bytes(flipped))
            try:
                verify(folder)
            except InvalidEvidence as error:
                if name not in str(error):
                    unnoticed.append((name, position, str(error)))
            else:
                unnoticed.append((name, position, "accepted"))
        path.write_bytes(good)

    assert unnoticed == []
    assert verify(folder).evidence == measured


def test_a_flattered_estimate_is_noticed_although_the_seal_is_right(
    measured: Evidence, tmp_path: Path
) -> None:
    first, *rest = measured.estimates
    forged = replace(measured, estimates=(replace(first, value=first.value * 1.001), *rest))

    with pytest.raises(InvalidEvidence, match=rf"{first.metric} does not follow"):
        verify(write(forged, tmp_path / "evidence"))


def test_leaving_out_a_bad_repeat_is_noticed_although_the_seal_is_right(
    measured: Evidence, tmp_path: Path
) -> None:
    kept = measured.outcomes[1:]
    forged = replace(measured, outcomes=kept, estimates=estimate(measured.plan, kept))

    with pytest.raises(InvalidEvidence, match="is missing: it is planned"):
        verify(write(forged, tmp_path / "evidence"))


def test_an_outcome_of_a_case_that_was_not_planned_is_noticed(
    measured: Evidence, tmp_path: Path
) -> None:
    short = replace(measured.plan, cases=measured.plan.cases[:1])
    forged = replace(measured, plan=short, estimates=estimate(short, measured.outcomes))

    with pytest.raises(InvalidEvidence, match=r"has no place in plan\.json"):
        verify(write(forged, tmp_path / "evidence"))


@pytest.mark.parametrize(
    ("fault", "said"), [("error", "sealed as measured"), ("sample", "lasts -1.0 s")]
)
def test_a_result_that_cannot_be_is_noticed(
    measured: Evidence, tmp_path: Path, fault: str, said: str
) -> None:
    first, *rest = measured.outcomes
    assert isinstance(first, Measured)
    if fault == "error":
        wrong = replace(first, error=2 * first.tolerance)
    else:
        wrong = replace(first, samples=Samples.of((replace(first.samples[0], duration_s=-1.0),)))
    outcomes = (wrong, *rest)
    forged = replace(measured, outcomes=outcomes, estimates=estimate(measured.plan, outcomes))

    with pytest.raises(InvalidEvidence, match=said):
        verify(write(forged, tmp_path / "evidence"))


def test_only_verification_makes_verified_evidence() -> None:
    made = {
        path.relative_to(REPORTS).as_posix()
        for path in REPORTS.rglob("*.py")
        if "VerifiedEvidence(" in path.read_text()
    }

    # The last is for simulations, and says so.
    assert made == {"verification/__init__.py", "report/testing.py"}


def test_verified_evidence_is_known_by_what_it_holds(measured: Evidence, tmp_path: Path) -> None:
    folder = write(measured, tmp_path / "evidence")

    assert verify(folder) == verify(folder) == examine_evidence(measured)
