"""The report on a terminal: the figures first, then the plan, at 80 columns and without colour."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.highlights import highlights
from reports.judge import Finding, Verdict
from reports.render.tables import STYLE, guarantees, table_of
from reports.report import Report
from reports.wording import (
    NOTHING,
    blamed,
    claimed,
    cores,
    effective,
    found_short,
    loss,
    node_sustained,
    printable,
    quantity,
    short,
    spread,
    sustained,
    target,
    together,
    verdict,
)

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
    for warning in report.warnings:
        yield Text(f"! {printable(warning)}", style="bold yellow")
    yield from _machines(report)
    if report.estimates:
        yield _figures(report)
    if report.caches:
        yield _caches(report)
    if report.rooflines:
        yield _rooflines(report)
    if report.accelerators:
        yield from _accelerators(report)
    if report.disturbed:
        yield _disturbed(report)
    yield _plan(report)
    yield from _reasons(report)
    yield from guarantees(report)
    if report.capacities:
        yield _capacities(report)
    if report.facility.scope == "city":
        yield _robustness(report)
    if report.omissions:
        yield _omissions(report)


def _machines(report: Report) -> Iterator[Text]:
    seen = set()
    for machine in report.machines:
        if machine.host in seen:  # several bundles of one machine
            continue
        seen.add(machine.host)
        parts = [
            machine.processor,
            f"{machine.cores} {'core' if machine.cores == 1 else 'cores'}",
            quantity(machine.memory_bytes, "B"),
            *machine.accelerators,
        ]
        line = Text(printable(machine.host), style="bold")
        yield line.append(printable(" · ".join(["", *parts])), style="not bold")


def _figures(report: Report) -> Table:
    table = table_of("Measured, sustained")
    several = len(report.machines) > 1
    if several:
        table.add_column("Host", overflow="fold")
    table.add_column("Metric", overflow="fold", style="cyan")
    for heading in ("Value", "Interval", "Of peak", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in highlights(report):
        peak = NOTHING if item.of_peak is None else short(item.of_peak, "%")
        if item.of_peak is not None and item.of_peak.value is None:
            peak = f"≥ {quantity(item.of_peak.low, '%')}"
        cells = [item.metric, quantity(item.amount.value, item.unit), spread(item.amount), peak]
        host = [printable(item.host)] if several else []
        table.add_row(*map(Text, [*host, *cells, str(item.n)]))
    confidences = sorted({item.confidence for item in highlights(report)})
    covered = ", ".join(f"{confidence:.0%}" for confidence in confidences)
    table.caption = f"interval over n processes; it covers the median with {covered}"
    return table


def _caches(report: Report) -> Table:
    table = table_of("Caches, as they show")
    table.add_column("Seen by", overflow="fold")
    table.add_column("Level", no_wrap=True)
    for heading in ("Holds – outgrown by", "Claimed", "Latency", "Read"):
        table.add_column(heading, justify="right", no_wrap=True)
    for level in report.caches:
        table.add_row(
            *map(Text, (_seen_by(report, level.host, level.cores), level.name)),
            *map(
                Text, (effective(level.size or level.streamed_size), claimed(level.claimed_bytes))
            ),
            *map(Text, (quantity(level.latency_s, "s"), quantity(level.read, "B/s"))),
        )
    table.caption = "sizes of one core's working set, by latency where it was measured"
    return table


def _rooflines(report: Report) -> Table:
    table = table_of("Roofline: from how many FLOP a byte on the vector peak is the bound")
    table.add_column("Cores", overflow="fold")
    table.add_column("Data from", overflow="fold")
    for heading in ("Bandwidth", "FP32 peak", "from", "FP64 peak", "from"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in report.rooflines:
        roofs = {roof.precision: roof for roof in line.roofs}
        for ceiling in line.ceilings:
            cells = [_seen_by(report, line.host, line.cores), ceiling.name]
            cells.append(quantity(ceiling.bandwidth, "B/s"))
            for precision in ("fp32", "fp64"):
                roof = roofs.get(precision)
                cells.append(NOTHING if roof is None else quantity(roof.flops, "FLOP/s"))
                cells.append(NOTHING if roof is None else quantity(ceiling.ridge(roof), ""))
            table.add_row(*map(Text, cells))
    return table


def _seen_by(report: Report, host: str, count: int) -> str:
    return f"{printable(host)}, {cores(count)}" if len(report.machines) > 1 else cores(count)


def _accelerators(report: Report) -> Iterator[RenderableType]:
    """Each node as a whole with its slowest card; a card that is the only one by itself."""
    table = table_of("Accelerators: burst, sustained, and why they stay below their peak")
    table.add_column("Metric", overflow="fold")
    table.add_column("Burst", justify="right", no_wrap=True)
    table.add_column("Sustained", justify="right", overflow="fold")
    table.add_column("Below peak", overflow="fold", ratio=1)
    for node in report.nodes:
        table.add_row(*map(Text, (node.metric, "", node_sustained(node), together(node))))
    slowest = {(node.host, node.metric, node.slowest) for node in report.nodes}
    stems = tuple(f"{node.metric}." for node in report.nodes)
    for run in report.accelerators:
        of_a_node = run.metric.startswith(stems)
        if not of_a_node or (run.host, run.group, run.device) in slowest:
            cells = (run.metric, quantity(run.burst, run.unit), sustained(run), loss(run))
            table.add_row(*(Text(printable(cell)) for cell in cells))
    yield table
    blind = {
        f"{run.host} {run.device}: no {sensor}": None
        for run in report.accelerators
        for sensor in run.missing_sensors
    }
    for line in blind:
        yield Text(f"  {printable(line)}", style="dim")


def _disturbed(report: Report) -> Table:
    table = table_of("Sustained, as a share of what the cores do while they have them")
    table.add_column("Metric", overflow="fold")
    table.add_column("Share", justify="right", no_wrap=True)
    table.add_column("Lost to", overflow="fold", ratio=1)
    for disturbance in report.disturbed:
        share = quantity(disturbance.sustained_share, "%")
        table.add_row(*map(Text, (printable(disturbance.metric), share, blamed(disturbance))))
    return table


def _plan(report: Report) -> Table:
    scope = report.facility.scope
    table = table_of(f"{report.plan.title_en}, targets of {report.year}")
    table.add_column("#", justify="right")
    table.add_column("Indicator", overflow="fold", ratio=1)
    table.add_column("Target", no_wrap=True)
    table.add_column("Found" if scope == "city" else f"This {scope}", overflow="fold")
    table.add_column("Verdict", no_wrap=True)
    for finding in (*report.indicators, *_told(report)):
        entry = report.plan.entry(finding.id)
        name = Text(entry.name_zh).append(f" {entry.name_en}", style="dim")
        found = found_short(finding)
        if finding.basis is not None:
            found += f"\n{finding.basis.value}"
        said = Text(verdict(finding), style=STYLE[finding.verdict])
        number = "" if finding.number is None else str(finding.number)
        table.add_row(number, name, target(finding, report.plan), found, said)
    table.caption = f"compute converted by {report.policy.name}"
    return table


def _told(report: Report) -> list[Finding]:
    """Thresholds that something is known about."""
    return [f for f in report.thresholds if f.amount or f.contribution or f.said]


def _reasons(report: Report) -> Iterator[Text]:
    """Why an indicator is not decided, one line for all that share the reason."""
    numbers: dict[str, list[str]] = {}
    for finding in report.indicators:
        if finding.reason:
            for reason in finding.reason.split("; "):
                numbers.setdefault(reason, []).append(str(finding.number))
    for reason, shared in numbers.items():
        everything = len(shared) == len(report.indicators)
        label = "all" if everything else ", ".join(shared)
        yield Text(f"  {label}: {printable(reason)}", style="dim")


def _capacities(report: Report) -> Table:
    table = table_of("Compute under each conversion policy")
    table.add_column("Policy", no_wrap=True)
    table.add_column("Class", no_wrap=True)
    table.add_column("Capacity", overflow="fold")
    table.add_column("Nodes", justify="right", no_wrap=True)
    shown = ""
    for row in report.capacities:
        policy = "" if row.policy == shown else row.policy
        shown = row.policy
        known = "not computable" if row.amount is None else short(row.amount, row.unit)
        nodes = f"{row.measured_nodes} of {row.declared_nodes}"
        table.add_row(*map(Text, (policy, row.metric.partition(".")[2], known, nodes)))
    table.caption = "nodes: measured of declared"
    return table


def _robustness(report: Report) -> Table:
    """The verdicts that depend on the conversion policy, under each of them."""
    dependent = [finding for finding in report.indicators if finding.policy is not None]
    table = table_of("Verdicts under each conversion policy")
    table.add_column("Policy", overflow="fold")
    for finding in dependent:
        name = report.plan.entry(finding.id).name_en
        table.add_column(f"{finding.number} {name}", overflow="fold")
    table.add_row(report.policy.name, *(finding.verdict.value for finding in dependent))
    for others in zip(*(finding.alternatives for finding in dependent), strict=True):
        name = others[0].policy if others[0].certifiable else f"{others[0].policy} (comparison)"
        table.add_row(name, *(other.verdict.value for other in others))
    said = [f.robustness.value if f.robustness else Verdict.UNDECIDED.value for f in dependent]
    table.add_section()
    table.add_row("together", *said)
    return table


def _omissions(report: Report) -> Table:
    table = table_of("Without a figure")
    table.add_column("Metric", overflow="fold")
    table.add_column("What", no_wrap=True)
    table.add_column("Reason", overflow="fold", ratio=1)
    for omission in report.omissions:
        what = f"{omission.count} × {omission.what}"
        metric = f"{omission.metric}.{omission.implementation}"
        table.add_row(*map(Text, (metric, what, printable(omission.reason))))
    return table
