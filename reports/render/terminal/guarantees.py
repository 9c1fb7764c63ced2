"""Table style of the terminal, and the tables of the IOPS guarantee."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from reports.judgement.verdict import Verdict
from reports.render.text import held, printable, tested, verdict
from reports.report import Report

STYLE = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "bold red",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_MEASURED: "dim",
}


def table_of(title: str) -> Table:
    """An empty table under a title, as all of them look."""
    return Table(
        title=f"\n{title}", title_justify="left", title_style="bold", caption_justify="left",
        caption_style="dim", box=SIMPLE_HEAD,  pad_edge=False, expand=False,
    )  # fmt: skip


def guarantees(report: Report) -> Iterator[Table | Text]:
    """What was tested, volume by volume, and what it says of each business system."""
    if report.certificates:
        yield _certificates(report)
    for one in report.certificates:
        for reason in (*one.reasons, *(f"beside: {said}" for said in one.beside)):
            yield Text(f"  {printable(one.volume)}: {printable(reason)}", style="dim")
    if report.systems:
        yield _systems(report)


def _certificates(report: Report) -> Table:
    table = table_of("IOPS guarantee, as it was tested")
    table.add_column("Volume", overflow="fold")
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Rate held", overflow="fold")
    table.add_column("By", overflow="fold", ratio=1)
    for one in report.certificates:
        cells = (one.volume, one.verdict.value, held(one), tested(one))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _systems(report: Report) -> Table:
    table = table_of("IOPS guarantee of the key business systems")
    table.add_column("System", overflow="fold")
    table.add_column("Volume", overflow="fold")
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Why", overflow="fold", ratio=1)
    for one in report.systems:
        said = Text(verdict(one), style=STYLE[one.verdict])
        table.add_row(*map(Text, map(printable, (one.system, one.volume))), said,
                      Text(printable(one.reason)))  # fmt: skip
    table.caption = "each volume was tested by itself, not all at once"
    return table
