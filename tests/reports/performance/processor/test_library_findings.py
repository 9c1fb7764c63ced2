"""Lines about libraries that leave a part of the processor unused."""

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured
from bench.testing.complete_run import simulated_run
from reports.performance.processor.library_findings import library_findings
from reports.performance.subject import Subject
from reports.report.testing import report_on

LOST = "OpenBLAS runs its Haswell kernels; set OPENBLAS_CORETYPE=SkylakeX before the start"


def with_finding(finding: str, evidence: Evidence) -> Evidence:
    """Every process of the first kernel found the same."""
    first = evidence.plan.cases[0].id
    return replace(
        evidence,
        outcomes=tuple(
            replace(outcome, executed=outcome.executed | {"finding": finding})
            if isinstance(outcome, Measured) and outcome.case_id == first
            else outcome
            for outcome in evidence.outcomes
        ),
    )


def test_a_finding_is_told_once_with_its_metric_and_its_remedy() -> None:
    evidence = with_finding(LOST, simulated_run("n1"))

    (line,) = library_findings(Subject(evidence))

    assert line.startswith(f"n1: {evidence.plan.cases[0].metric}")
    assert line.endswith(f": {LOST}")
    assert line in report_on((evidence,)).first_warnings


def test_libraries_that_lose_nothing_are_no_line() -> None:
    assert library_findings(Subject(simulated_run("n1"))) == ()
    assert library_findings(Subject(with_finding("", simulated_run("n1")))) == ()
