"""Verification: every byte against the manifest, every figure computed again.

Every observation is held against the others too: what contradicts itself was not observed."""

from pathlib import Path

from bench.errors import InvalidEvidence
from bench.evidence import Evidence, bundle_reader
from reports.performance.subject import Subject
from reports.performance.verified import AuditFinding, Severity, VerifiedEvidence
from reports.verification.audit import audit, grave, malformed
from reports.verification.guarantees import require_judgements, require_whole_guarantees
from reports.verification.recompute import (
    invalid,
    require_estimates,
    require_plan_carried_out,
    require_right_results,
    require_shapes,
)

__all__ = ["AuditFinding", "VerifiedEvidence", "examine", "examine_evidence", "verify"]


def verify(bundle: Path) -> VerifiedEvidence:
    """The evidence in `bundle`, if all of it holds. Raises InvalidEvidence, naming the file."""
    verified = examine(bundle)
    if critical := grave(verified.findings, Severity.CRITICAL):
        more = f" ({len(critical) - 1} more such findings)" if len(critical) > 1 else ""
        raise InvalidEvidence(
            f"{critical[0].where}: {critical[0].because} [{critical[0].rule}]{more}.",
            f"Do not use this bundle; capbench verify {bundle} lists every finding.",
        )
    return verified


def examine(bundle: Path) -> VerifiedEvidence:
    """The evidence in `bundle`, and everything that an audit of it found, critical or not.

    A bundle is a folder or a .zip file. Raises InvalidEvidence where it is not whole or its figures
    do not follow from it.
    """
    return examine_evidence(bundle_reader.read(bundle))


def examine_evidence(evidence: Evidence) -> VerifiedEvidence:
    """The same of evidence that was read, or measured, by this process."""
    subject = Subject(evidence)
    if found := malformed(subject):
        raise invalid(f"{found[0].where}: {found[0].because} [{found[0].rule}].")
    require_shapes(evidence)
    require_whole_guarantees(evidence)
    require_plan_carried_out(evidence)
    require_right_results(subject)
    require_estimates(subject)
    require_judgements(evidence)
    return VerifiedEvidence(evidence, audit(subject), subject)
