"""What a kernel found to be wrong with a library, with the remedy it names. Pure."""

from bench.evidence.plan import full_name
from reports.performance.subject import Subject


def library_findings(subject: Subject) -> tuple[str, ...]:
    """One line for every finding, with all the metrics whose figures it holds down."""
    metrics: dict[str, dict[str, None]] = {}
    for case, outcome in subject.derived.kernels:
        if finding := outcome.executed.get("finding"):
            metrics.setdefault(finding, {})[full_name(case)] = None
    return tuple(
        f"{subject.host}: {', '.join(names)}: {finding}" for finding, names in metrics.items()
    )
