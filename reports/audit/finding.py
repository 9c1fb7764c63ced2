"""What an audit says of evidence: which rule, how grave, where, and why."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bench.evidence import Evidence
from bench.judgements import SEED_STEP, definition
from bench.outcome import Measured, MeasuredIO, MeasuredTrial, Outcome
from bench.plan import Case, GuaranteeCase, KernelCase, StorageCase
from storage_bench.job import Job, JobResult


class Severity(StrEnum):
    """What a finding means for the evidence it is about."""

    CRITICAL = "critical"
    """The observations contradict each other or the program: no figure of them is shown."""
    MAJOR = "major"
    """Hardly possible: figures are shown, and none of them can be trusted."""
    MINOR = "minor"
    """Worth an auditor's look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule does not hold."""

    rule: str
    severity: Severity
    where: str
    because: str

    def __str__(self) -> str:
        return f"{self.rule} {self.severity}: {self.where}: {self.because}"


Objection = tuple[str, str]
"""Where, and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that holds of every honest bundle, and the places where it does not."""

    id: str
    severity: Severity
    title: str
    check: Callable[[Evidence], Iterable[Objection]]

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        for where, because in self.check(evidence):
            yield Finding(self.id, self.severity, where, because)


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
            case MeasuredTrial(), GuaranteeCase() if outcome.trial.result is not None:
                demanded = definition(case)
                seed = case.seed + SEED_STEP * outcome.repeat
                job = demanded.job(demanded.tiers[case.tier], case.needed_bytes, seed)
                yield Load(place(outcome), job, case.engine, outcome.trial.result)


def _cases(evidence: Evidence) -> dict[str, Case]:
    return {case.id: case for case in evidence.plan.cases}
