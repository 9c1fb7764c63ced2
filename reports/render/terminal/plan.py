"""The plan's table and its reasons, for the terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from reports.judgement.verdict import PlanFinding, Verdict
from reports.render.terminal.guarantees import STYLE, table_of
from reports.render.text import found_short, printable, short, target, verdict
from reports.report import Report


def plan(report: Report) -> Table:
    scope = report.facility.scope
    table = table_of(f"{report.plan.title_en}, targets of {report.year}")
    table.add_column("#", justify="right")
    table.add_column("Indicator", overflow="fold", ratio=1)
    table.add_column("Target", no_wrap=True)
    table.add_column("Found" if scope == "city" else f"This {scope}", overflow="fold")
    table.add_column("Verdict", no_wrap=True)
    for finding in (*report.indicators, *told(report)):
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


def told(report: Report) -> list[PlanFinding]:
    """Thresholds that something is known about."""
    return [f for f in report.thresholds if f.amount or f.contribution or f.said]


def reasons(report: Report) -> Iterator[Text]:
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


def capacities(report: Report) -> Table:
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


def robustness(report: Report) -> Table:
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
