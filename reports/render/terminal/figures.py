"""Tables of figures, caches, rooflines, interference and omissions."""

from rich.table import Table
from rich.text import Text

from reports.render.terminal.guarantees import table_of
from reports.render.text import (
    NOTHING,
    blamed,
    claimed,
    cores,
    effective,
    printable,
    quantity,
    short,
    spread,
)
from reports.report import Report
from reports.report.headline import highlights


def figures(report: Report) -> Table:
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
        cells = [item.shown, quantity(item.amount.value, item.unit), spread(item.amount), peak]
        host = [printable(item.host)] if several else []
        table.add_row(*map(Text, [*host, *cells, str(item.n)]))
    confidences = sorted({item.confidence for item in highlights(report)})
    covered = ", ".join(f"{confidence:.0%}" for confidence in confidences)
    table.caption = f"interval over n processes; it covers the median with {covered}"
    return table


def fleet(report: Report) -> Table:
    table = table_of("The fleet")
    table.add_column("Metric", overflow="fold", style="cyan")
    for heading in ("Machines", "Lowest", "Median", "Highest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in report.fleet:
        values = (item.low, item.median, item.high)
        cells = [item.figure, str(item.machines), *(quantity(v, item.unit) for v in values)]
        table.add_row(*map(Text, cells))
    return table


def caches(report: Report) -> Table:
    table = table_of("Measured caches")
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


def rooflines(report: Report) -> Table:
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


def disturbed(report: Report) -> Table:
    table = table_of("Sustained, as a share of what the cores do while they have them")
    table.add_column("Metric", overflow="fold")
    table.add_column("Share", justify="right", no_wrap=True)
    table.add_column("Lost to", overflow="fold", ratio=1)
    for disturbance in report.disturbed:
        share = quantity(disturbance.sustained_share, "%")
        table.add_row(*map(Text, (printable(disturbance.metric), share, blamed(disturbance))))
    return table


def omissions(report: Report) -> Table:
    table = table_of("Without a figure")
    table.add_column("Metric", overflow="fold")
    table.add_column("What", no_wrap=True)
    table.add_column("Reason", overflow="fold", ratio=1)
    for omission in report.omissions:
        what = f"{omission.count} × {omission.what}"
        metric = f"{omission.metric}.{omission.implementation}"
        table.add_row(*map(Text, (metric, what, printable(omission.reason))))
    return table
