"""The report on a terminal: the figures first, then the plan, at 80 columns and without colour."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from reports.render.terminal.accelerators import accelerators
from reports.render.terminal.figures import caches, disturbed, figures, fleet, omissions, rooflines
from reports.render.terminal.guarantees import guarantees
from reports.render.terminal.plan import capacities, plan, reasons, robustness
from reports.render.text import printable, quantity
from reports.report import Report

WIDTH = 80


def text(report: Report) -> str:
    """Plain text, 80 columns wide."""
    console = Console(file=StringIO(), width=WIDTH, color_system=None, legacy_windows=False)
    print_report(report, console)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def print_report(report: Report, console: Console) -> None:
    """Write the report on a console of the caller's."""
    console.print(Group(*_parts(report)))


def _parts(report: Report) -> Iterator[RenderableType]:
    for warning in report.first_warnings:
        yield Text(f"! {printable(warning)}", style="bold yellow")
    yield from _machines(report)
    if report.fleet:
        yield fleet(report)
    if report.estimates:
        yield figures(report)
    if report.caches:
        yield caches(report)
    if report.rooflines:
        yield rooflines(report)
    if report.accelerators:
        yield from accelerators(report)
    if report.disturbed:
        yield disturbed(report)
    yield plan(report)
    yield from reasons(report)
    yield from guarantees(report)
    if report.capacities:
        yield capacities(report)
    if report.facility.scope == "city":
        yield robustness(report)
    if report.omissions:
        yield omissions(report)


def _machines(report: Report) -> Iterator[Text]:
    seen = set()
    for machine in report.shown_summaries:
        if machine.host in seen:  # several bundles of one machine
            continue
        seen.add(machine.host)
        parts = [
            machine.processor,
            f"{machine.cores} {'core' if machine.cores == 1 else 'cores'}",
            *filter(None, [machine.part]),
            quantity(machine.memory_bytes, "B"),
            *machine.accelerators,
        ]
        line = Text(printable(machine.host), style="bold")
        yield line.append(printable(" · ".join(["", *parts])), style="not bold")
