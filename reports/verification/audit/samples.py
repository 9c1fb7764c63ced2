"""Samples as the loop around a launch takes them: in order, equal, and until it may stop."""

from collections.abc import Iterator
from itertools import pairwise

from bench.evidence import Evidence
from bench.evidence.outcome import Measured
from bench.evidence.plan import CPU, KernelCase
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import kernels, place

CLOCK_S = 1e-6
"""Two sums of the same readings of one clock differ by less."""
MOST_REJECTED = 0.1
"""More rejected samples than this share leave the figure to a selection."""
CLOCKS_DIFFER = "the device's events say "
"""How an accelerator's watch objects to a sample: the only reason that there is."""


def _in_order(evidence: Evidence) -> Iterator[Objection]:
    for _, outcome in kernels(evidence):
        samples = outcome.samples
        if any(a.start_s + a.duration_s > b.start_s + CLOCK_S for a, b in pairwise(samples)):
            yield place(outcome), "a sample begins before the one before it has ended"
        if len({sample.launches for sample in samples}) > 1:
            yield place(outcome), "samples of one process hold different numbers of launches"


def _stopped_by_rule(evidence: Evidence) -> Iterator[Objection]:
    """The rule is deterministic: it is asked again after every sample."""
    for case, outcome in kernels(evidence):
        if (reason := _stopping(case, outcome)) is not None:
            yield place(outcome), reason


def _stopping(case: KernelCase, outcome: Measured) -> str | None:
    durations_s = [sample.duration_s for sample in outcome.samples]
    for taken in range(1, len(durations_s)):
        if case.stopping.decide(durations_s[:taken]) is not None:
            return f"the plan's stopping rule ends after {taken} of {len(durations_s)} samples"
    decided = case.stopping.decide(durations_s)
    if decided is None:
        return f"the plan's stopping rule asks for more than these {len(durations_s)} samples"
    if decided != outcome.stopped:
        return f'the stopping rule ends with "{decided}", not with "{outcome.stopped}"'
    return None


def _rejected_by_nobody(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in kernels(evidence):
        for sample in outcome.samples:
            if sample.rejected is None:
                continue
            if case.device == CPU:
                yield place(outcome), "a sample of a CPU is rejected: nothing rejects them"
                break
            if not sample.rejected.startswith(CLOCKS_DIFFER):
                yield place(outcome), f'a sample is rejected because "{sample.rejected}"'
                break


def _selected(evidence: Evidence) -> Iterator[Objection]:
    for _, outcome in kernels(evidence):
        rejected = sum(sample.rejected is not None for sample in outcome.samples)
        if rejected > MOST_REJECTED * len(outcome.samples):
            yield place(outcome), f"{rejected} of {len(outcome.samples)} samples are rejected"


def _copied(evidence: Evidence) -> Iterator[Objection]:
    seen: dict[tuple[tuple[float, float], ...], Measured] = {}
    for _, outcome in kernels(evidence):
        vector = tuple((sample.start_s, sample.duration_s) for sample in outcome.samples)
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
