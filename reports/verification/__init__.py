"""Verification: every byte against the manifest, every figure computed again.

Every observation is held against the others too: what contradicts itself was not observed."""

from pathlib import Path

from bench.errors import InvalidEvidence
from bench.evidence import Evidence, bundle_reader
from reports.verification.audit import audit, grave, malformed
from reports.verification.audit.rule import AuditFinding, Severity
from reports.verification.guarantees import require_judgements, require_whole_guarantees
from reports.verification.recompute import (
    invalid,
    require_estimates,
    require_plan_carried_out,
    require_right_results,
    require_shapes,
)


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


def examine(folder: Path) -> tuple[Evidence, tuple[AuditFinding, ...]]:
    """The evidence in `folder`, and everything that an audit of it found.

    Raises InvalidEvidence where it is not whole or its figures do not follow from it.
    """
    evidence = bundle_reader.read(folder)
    if found := malformed(evidence):
        raise invalid(f"{found[0].where}: {found[0].because} [{found[0].rule}].")
    require_shapes(evidence)
    require_whole_guarantees(evidence)
    require_plan_carried_out(evidence)
    require_right_results(evidence)
    require_estimates(evidence)
    require_judgements(evidence)
    return evidence, audit(evidence)
