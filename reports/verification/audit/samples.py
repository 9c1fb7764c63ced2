"""Rules on samples: in order, equal, and until the stopping rule ends them."""

from collections.abc import Iterator
from operator import add

from bench.evidence.outcome import Measured
from bench.evidence.plan import CPU, KernelCase
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import kernels, place

CLOCK_S = 1e-6
"""Two sums of the same readings of one clock differ by less."""
MAX_REJECTED = 0.1
"""More rejected samples than this share leave the figure to a selection."""
CLOCKS_DIFFER = "the device's events say "
"""How an accelerator's watch objects to a sample: the only reason that there is."""


def _in_order(subject: Subject) -> Iterator[Objection]:
    for _, outcome in kernels(subject):
        samples = outcome.samples
        ends_s = list(map(add, samples.start_s, samples.duration_s))
        pairs = zip(ends_s, samples.start_s[1:], strict=False)
        if any(end_s > start_s + CLOCK_S for end_s, start_s in pairs):
            yield place(outcome), "a sample begins before the one before it has ended"
        if len(set(samples.launches)) > 1:
            yield place(outcome), "samples of one process hold different numbers of launches"


def _stopped_by_rule(subject: Subject) -> Iterator[Objection]:
    """The rule is deterministic: it is asked again after every sample."""
    for case, outcome in kernels(subject):
        if (reason := _stopping(case, outcome)) is not None:
            yield place(outcome), reason


def _stopping(case: KernelCase, outcome: Measured) -> str | None:
    durations_s = outcome.samples.duration_s
    decided = None
    for taken, decided in enumerate(case.stopping.decisions(durations_s), 1):
        if decided is not None and taken < len(durations_s):
            return f"the plan's stopping rule ends after {taken} of {len(durations_s)} samples"
    if decided is None:
        return f"the plan's stopping rule asks for more than these {len(durations_s)} samples"
    if decided != outcome.stopped:
        return f'the stopping rule ends with "{decided}", not with "{outcome.stopped}"'
    return None


def _rejected_by_nobody(subject: Subject) -> Iterator[Objection]:
    for case, outcome in kernels(subject):
        reasons = [reason for reason in outcome.samples.rejected if reason is not None]
        strange = [reason for reason in reasons if not reason.startswith(CLOCKS_DIFFER)]
        if reasons and case.device == CPU:
            yield place(outcome), "a sample of a CPU is rejected: nothing rejects them"
        elif strange:
            yield place(outcome), f'a sample is rejected because "{strange[0]}"'


def _selected(subject: Subject) -> Iterator[Objection]:
    for _, outcome in kernels(subject):
        rejected = len(outcome.samples) - outcome.samples.rejected.count(None)
        if rejected > MAX_REJECTED * len(outcome.samples):
            yield place(outcome), f"{rejected} of {len(outcome.samples)} samples are rejected"


def _copied(subject: Subject) -> Iterator[Objection]:
    seen: dict[tuple[tuple[float, ...], tuple[float, ...]], Measured] = {}
    for _, outcome in kernels(subject):
        vector = (outcome.samples.start_s, outcome.samples.duration_s)
        first = seen.setdefault(vector, outcome)
        if first is not outcome:
            yield place(outcome), f"its samples are those of {place(first)}, to the last digit"


RULES = (
    Rule("OBS-002", Severity.CRITICAL, "Samples follow each other and are equal", _in_order),
    Rule("OBS-003", Severity.CRITICAL, "The stopping rule of the plan ended it", _stopped_by_rule),
    Rule("OBS-004", Severity.CRITICAL, "Only a watch rejects samples", _rejected_by_nobody),
    Rule("OBS-005", Severity.MINOR, "Few samples are rejected", _selected),
    Rule("INT-010", Severity.CRITICAL, "No two processes give the same samples", _copied),
)
