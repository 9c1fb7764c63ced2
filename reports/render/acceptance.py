"""The table of an acceptance as plain text: it is printed where nothing but click is installed."""

from collections.abc import Iterator, Sequence

from bench.units import format_si
from reports.judgement.acceptance.criterion import Criterion
from reports.judgement.acceptance.table import Row
from reports.render.text import NOTHING, printable

HEAD = ("figure", "value", "of clock", "of sheet", "criterion", "verdict", "cause of the loss")


def text(rows: Sequence[Row], criteria: Sequence[Criterion]) -> str:
    """The table, then every criterion in a line with the figures that it is of."""
    cells = [HEAD, *(line for row in rows for line in _cells(row))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD) - 1)]
    out = []
    for line in cells:
        first = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False))
        out.append(f"{first}  {line[-1]}".rstrip())
    out.insert(1, "-" * max(map(len, out)))
    return "\n".join([*map(printable, out), "", *(printable(str(each)) for each in criteria)])


def _cells(row: Row) -> Iterator[tuple[str, ...]]:
    name = f"{row.metric} ({row.implementation})"
    value = NOTHING if row.value is None else format_si(row.value, row.unit, 4)
    if row.value is not None and row.sustained:
        value += " sustained"
    first = (name, value, _percent(row.of_clock), _percent(row.of_sheet))
    said = [(_asked(c), c.verdict) for c in row.criteria] or [("", "")]
    for number, (asked, verdict) in enumerate(said):
        head = first if number == 0 else ("", "", "", "")
        yield (*head, asked, verdict, row.cause if number == 0 else "")


def _asked(criterion: Criterion) -> str:
    found = NOTHING if criterion.ratio is None else f"{criterion.ratio:.4f}"
    return f"{found} {criterion.bound}"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.1%}"
