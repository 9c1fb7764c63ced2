"""How a run is followed: a bar on a terminal, a line an outcome elsewhere, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.cli.output import console, status
from bench.evidence.outcome import (
    Failed,
    Measured,
    MeasuredIO,
    MeasuredReplicate,
    Outcome,
    Sample,
    Skipped,
)
from bench.evidence.plan import Case, Plan
from bench.execution.runner import Listener
from bench.units import format_si


@contextmanager
def follow(plan: Plan) -> Iterator[Listener]:
    """A listener for this plan, with a bar where there is a terminal to draw it on."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Listener(ended=lambda case, outcome: status(line(case, outcome)), noted=status)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        bar = progress.add_task("", total=len(plan.scheduled_cases()))

        def started(case: Case, repeat: int) -> None:
            progress.update(bar, description=f"{case.metric} ({case.implementation})")

        def sampled(case: Case, sample: Sample, ops: int, moved: int) -> None:
            amount = (moved if case.unit == "B/s" else ops) * sample.launches
            rate = format_si(amount / sample.duration_s, case.unit)
            progress.update(bar, description=f"{case.metric} ({case.implementation})  {rate}")

        def ended(case: Case, outcome: Outcome) -> None:
            progress.advance(bar)
            if isinstance(outcome, Failed | Skipped):
                screen.print(line(case, outcome), markup=False)

        yield Listener(started, sampled, ended, lambda text: screen.print(text, markup=False))


def line(case: Case, outcome: Outcome) -> str:
    """One outcome in one line."""
    name = f"{case.metric} ({case.implementation}) {outcome.repeat + 1}/{case.repeats}"
    match outcome:
        case Measured():
            spent_s = sum(outcome.samples.duration_s)
            launches = sum(outcome.samples.launches)
            each = outcome.work_per_launch(case.unit)
            return f"{name}: {format_si(each * launches / spent_s, case.unit)}"
        case MeasuredIO():
            done = outcome.result.io_bytes if case.unit == "B/s" else outcome.result.ios
            return f"{name}: {format_si(done / outcome.result.duration_s, case.unit)}"
        case MeasuredReplicate():
            result = outcome.replicate.result
            assert result is not None
            return f"{name}: {format_si(result.ios / result.duration_s, case.unit)}"
        case Skipped():
            return f"{name}: skipped: {outcome.reason}"
        case Failed():
            return f"{name}: FAILED: {outcome.reason}"
