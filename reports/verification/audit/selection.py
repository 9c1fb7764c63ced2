"""The outcomes that a rule looks at."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.analysis.guarantee import SEED_STEP, definition
from bench.evidence import Evidence
from bench.evidence.outcome import Measured, MeasuredIO, MeasuredReplicate, Outcome
from bench.evidence.plan import Case, GuaranteeCase, KernelCase, StorageCase
from storage_bench.job import Job, JobResult


def place(outcome: Outcome) -> str:
    """The file of an outcome inside its bundle."""
    return f"outcomes/{outcome.case_id}.{outcome.repeat}.json"


def kernels(evidence: Evidence) -> Iterator[tuple[KernelCase, Measured]]:
    """Every measured kernel with its case."""
    cases = _cases(evidence)
    for outcome in evidence.outcomes:
        case = cases.get(outcome.case_id)
        if isinstance(outcome, Measured) and isinstance(case, KernelCase):
            yield case, outcome


@dataclass(frozen=True, slots=True)
class Load:
    """A storage job that was asked for, and what came of it; a guarantee's replicates too."""

    where: str
    job: Job
    engine: str
    """The one that was planned."""
    result: JobResult


def storage(evidence: Evidence) -> Iterator[Load]:
    """Every measured load of storage with its job."""
    cases = _cases(evidence)
    for outcome in evidence.outcomes:
        case = cases.get(outcome.case_id)
        match outcome, case:
            case MeasuredIO(), StorageCase():
                yield Load(place(outcome), case.job, case.engine, outcome.result)
            case MeasuredReplicate(), GuaranteeCase() if outcome.trial.result is not None:
                demanded = definition(case)
                seed = case.seed + SEED_STEP * outcome.repeat
                job = demanded.job(demanded.tiers[case.tier], case.needed_bytes, seed)
                yield Load(place(outcome), job, case.engine, outcome.trial.result)


def _cases(evidence: Evidence) -> dict[str, Case]:
    return {case.id: case for case in evidence.plan.cases}
