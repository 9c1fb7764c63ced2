"""The outcomes that a rule looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.guarantee import SEED_STEP, definition
from bench.evidence.outcome import Measured, MeasuredIO, MeasuredReplicate, outcome_path
from bench.evidence.plan import GuaranteeCase, KernelCase, StorageCase
from reports.performance.subject import Subject
from storage_bench.job import Job, JobResult

place = outcome_path


def kernels(subject: Subject) -> Sequence[tuple[KernelCase, Measured]]:
    """Every measured kernel with its case."""
    return subject.derived.kernels


@dataclass(frozen=True, slots=True)
class StorageLoad:
    """A storage job that was asked for, and what came of it; a guarantee's replicates too."""

    where: str
    job: Job
    engine: str
    """The one that was planned."""
    result: JobResult


def storage(subject: Subject) -> tuple[StorageLoad, ...]:
    """Every measured load of storage with its job."""
    return subject.once(_storage)


def _storage(subject: Subject) -> tuple[StorageLoad, ...]:
    found = []
    for outcome in subject.evidence.outcomes:
        case = subject.derived.cases.get(outcome.case_id)
        match outcome, case:
            case MeasuredIO(), StorageCase():
                found.append(StorageLoad(place(outcome), case.job, case.engine, outcome.result))
            case MeasuredReplicate(), GuaranteeCase() if outcome.replicate.result is not None:
                demanded = definition(case)
                seed = case.seed + SEED_STEP * outcome.repeat
                job = demanded.job(demanded.tiers[case.tier], case.needed_bytes, seed)
                found.append(
                    StorageLoad(place(outcome), job, case.engine, outcome.replicate.result)
                )
    return tuple(found)
