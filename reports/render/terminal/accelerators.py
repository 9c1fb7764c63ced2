"""The accelerators of a node, for the terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from reports.render.terminal.guarantees import table_of
from reports.render.text import loss, node_sustained, printable, quantity, sustained, together
from reports.report import Report


def accelerators(report: Report) -> Iterator[RenderableType]:
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
