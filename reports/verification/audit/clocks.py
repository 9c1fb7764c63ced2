"""Rules on clocks: wall clock, monotonic clock, cycle counter and core clock against each other."""

import statistics
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from operator import add

from bench.evidence.outcome import Measured
from bench.evidence.plan import CPU
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import kernels, place

ROUNDING_S = 2.0
"""Both ends of a run are written in whole seconds."""
SLEW = 0.001
"""A wall clock that is being corrected may run so much slower (NTP slews by 0.0005)."""
HANDOVER_S = 1e-3
FASTEST_HZ = 7e9
"""No processor that is sold is clocked so high, and no counter counts so fast."""
COUNTERS_AGREE = 0.1
"""A counter's rate is known this well after a fifth of a second on a busy machine."""
WITHIN = 0.05
"""Ticks may exceed the wall time by this: the rate of the counter is measured too."""
MIN_SHARE = 0.5
"""The worker that a launch waits for is counting for most of it."""


def _inside_run(subject: Subject) -> Iterator[Objection]:
    try:
        begun, ended = map(
            datetime.fromisoformat, (subject.evidence.started_at, subject.evidence.finished_at)
        )
        run_s = (ended - begun).total_seconds()
    except (ValueError, TypeError):
        yield "run.json", "begin and end are not two times"
        return
    if run_s < 0:
        yield "run.json", f"it ends {-run_s:.0f} s before it begins"
        return
    spans = [span for _, outcome in kernels(subject) if (span := _span(outcome)) is not None]
    if spans:
        measured_s = max(end for _, end in spans) - min(begin for begin, _ in spans)
        if measured_s > run_s * (1 + SLEW) + ROUNDING_S:
            yield "run.json", f"it lasted {run_s:.0f} s and holds {measured_s:.0f} s of measuring"


def _one_after_the_other(subject: Subject) -> Iterator[Objection]:
    """What one step of the plan holds runs together; no two steps do, whichever came first."""
    measured = {(o.case_id, o.repeat): o for _, o in kernels(subject)}
    steps = []
    for step in subject.evidence.plan.schedule():
        outcomes = [
            measured[case.id, repeat] for case, repeat in step if (case.id, repeat) in measured
        ]
        for outcome in outcomes:
            if outcome.began_at_s is None:
                yield place(outcome), "nobody knows when it began"
        spans = [(*span, place(o)) for o in outcomes if (span := _span(o)) is not None]
        if spans:
            first = min(spans)
            steps.append((first[0], max(end_s for _, end_s, _ in spans), first[2]))
    ended_s, before = 0.0, ""
    for began_s, until_s, where in sorted(steps):
        if began_s < ended_s - HANDOVER_S:
            yield where, f"it begins before {before} has ended"
        ended_s, before = max((ended_s, before), (until_s, where))


def _span(outcome: Measured) -> tuple[float, float] | None:
    if outcome.began_at_s is None:
        return None
    return outcome.began_at_s, outcome.began_at_s + outcome.samples.end_s


def _possible_clock(subject: Subject) -> Iterator[Objection]:
    for _, outcome in kernels(subject):
        found = (
            ("cycle counter", outcome.counter_hz),
            ("core clock", subject.derived.counters(outcome).clock_hz),
        )
        for name, rate_hz in found:
            if rate_hz is not None and rate_hz > FASTEST_HZ:
                yield place(outcome), f"a {name} of {rate_hz / 1e9:.1f} GHz"


def _one_counter(subject: Subject) -> Iterator[Objection]:
    usual_hz = _counter_hz(subject)
    for _, outcome in kernels(subject):
        found_hz = outcome.counter_hz
        if found_hz and usual_hz and abs(found_hz / usual_hz - 1) > COUNTERS_AGREE:
            yield (
                place(outcome),
                f"its cycle counter runs at {found_hz / 1e9:.3f} GHz, "
                f"that of the others at {usual_hz / 1e9:.3f} GHz",
            )


def _ticks_fit(subject: Subject) -> Iterator[Objection]:
    """What a worker counted lies inside the wall time of its sample, and fills most of it."""
    usual_hz = _counter_hz(subject)
    for case, outcome in kernels(subject):
        if case.device != CPU or outcome.counter_hz is None or usual_hz is None:
            continue
        shares = _counting_shares(outcome, usual_hz)
        if max(shares) > 1 + WITHIN:
            yield place(outcome), f"its workers counted for {max(shares):.0%} of the time it took"
        elif (
            outcome.ticks
            and outcome.ticks[0].set_bytes is None
            and (statistics.median(shares) < MIN_SHARE)
        ):
            share = statistics.median(shares)
            yield place(outcome), f"its workers counted for {share:.0%} of the time it took"


def _backwards(subject: Subject) -> Iterator[Objection]:
    for _, outcome in kernels(subject):
        count = sum(
            sum(histogram.counts[: bisect_right(histogram.ticks, 0)])
            for worker in outcome.ticks
            for histogram in (worker.work, worker.probe)
        )
        if count:
            yield place(outcome), f"readings before which the cycle counter was set back: {count}"


def _counting_shares(outcome: Measured, counter_hz: float) -> list[float]:
    """Of the worker that counted longest; the working sets of one worker follow each other."""
    spent: dict[int, list[int]] = {}
    for worker in outcome.ticks:
        before = spent.get(worker.cpu)
        ticks = list(worker.spent_ticks)
        spent[worker.cpu] = ticks if before is None else list(map(add, before, ticks))
    longest = map(max, *spent.values()) if len(spent) > 1 else next(iter(spent.values()), ())
    found = [
        ticks / counter_hz / duration_s
        for ticks, duration_s in zip(longest, outcome.samples.duration_s, strict=False)
    ]
    return found or [0.0]


def _counter_hz(subject: Subject) -> float | None:
    rates = [o.counter_hz for _, o in kernels(subject) if o.counter_hz is not None]
    return statistics.median(rates) if rates else None


RULES = (
    Rule("TIM-003", Severity.CRITICAL, "All measuring lies inside the run", _inside_run),
    Rule("TIM-005", Severity.CRITICAL, "Nothing overlaps on one machine", _one_after_the_other),
    Rule("TIM-007", Severity.MAJOR, "Clocks are those of processors", _possible_clock),
    Rule("TIM-008", Severity.MAJOR, "One machine has one cycle counter", _one_counter),
    Rule("TIM-010", Severity.MINOR, "The cycle counter runs forwards", _backwards),
    Rule("TIM-009", Severity.CRITICAL, "Ticks fit into the time of their sample", _ticks_fit),
)
