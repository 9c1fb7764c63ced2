"""The rules as a whole."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, Samples
from reports.performance.subject import Subject
from reports.verification import verify
from reports.verification.audit import RULES, audit, grave, malformed
from reports.verification.audit.rule import AuditFinding, Severity


def test_the_golden_bundle_has_no_finding(honest: Evidence) -> None:
    assert malformed(Subject(honest)) == ()
    assert audit(Subject(honest)) == ()
    assert {e.name for e in honest.estimates} >= {"cpu.vector.fp32", "storage.mixed70.8k"}


def test_every_rule_has_its_own_name() -> None:
    assert [id for id, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


def test_a_simulated_machine_is_held_to_the_form_of_its_numbers_only(honest: Evidence) -> None:
    simulated = replace(honest, inventory=replace(honest.inventory, simulated=True), started_at="?")

    assert audit(Subject(simulated)) == ()


def test_a_finding_is_one_line_and_minor_ones_are_not_grave() -> None:
    minor = AuditFinding("X-1", Severity.MINOR, "plan.json", "odd")
    major = replace(minor, severity=Severity.MAJOR)

    assert str(minor) == "X-1 minor: plan.json: odd"
    assert grave((minor, major)) == (major,)
    assert grave((minor, major), Severity.CRITICAL) == ()


def written(evidence: Evidence, folder: Path) -> Path:
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder


def flattered(o: Measured) -> Measured:
    """A quarter of the time for the same work."""
    quarter = Samples.of(replace(s, duration_s=s.duration_s / 4) for s in o.samples)
    return replace(o, samples=quarter)


def test_a_forged_bundle_is_refused_although_its_seal_and_its_estimates_are_right(
    honest: Evidence, forge: Callable[..., Evidence], tmp_path: Path
) -> None:
    forged = forge("cpu.matrix.fp32", outcome=flattered)

    assert verify(written(honest, tmp_path / "honest")).evidence == honest
    with pytest.raises(InvalidEvidence, match=r"asks for more than .* \[OBS-003\] \(1 more such"):
        verify(written(forged, tmp_path / "forged"))


def test_the_command_names_every_finding_and_exits_4(
    honest: Evidence, forge: Callable[..., Evidence], tmp_path: Path
) -> None:
    forged = written(forge("cpu.matrix.fp32", outcome=flattered), tmp_path / "forged")
    own = forge(plan=replace(honest.plan, profile="mine"))

    refused = CliRunner().invoke(main, ["verify", str(forged)])
    asked = CliRunner().invoke(main, ["verify", "--json", str(forged)])
    minor = CliRunner().invoke(main, ["verify", str(written(own, tmp_path / "own"))])

    lines = refused.stdout.splitlines()
    assert [line[:17] for line in lines[:2]] == ["OBS-003 critical:"] * 2
    assert lines[2].startswith("NOT VALID: 18 outcomes and ")
    assert (refused.exit_code, asked.exit_code, minor.exit_code) == (4, 4, 0)
    answer = json.loads(asked.stdout)
    assert answer["valid"] is False
    assert [finding["rule"] for finding in answer["findings"]] == ["OBS-003", "OBS-003"]
    assert minor.stdout.startswith("PLN-003 minor: plan.json: ")


def test_a_plan_of_more_repeats_than_fit_into_a_bundle_is_refused_before_it_is_written_down(
    honest: Evidence, tmp_path: Path
) -> None:
    first, *rest = honest.plan.cases
    endless = replace(honest.plan, cases=(replace(first, repeats=10**15), *rest))

    with pytest.raises(InvalidEvidence, match="are more than a bundle can hold"):
        verify(written(replace(honest, plan=endless), tmp_path / "endless"))
