"""`capbench storage read`: results of fio that people already have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.output import console, json_option, print_json, translate_errors
from bench.errors import UsageError
from bench.units import format_si

if TYPE_CHECKING:
    from storage_bench.engines.fio.reading import Figure, Load
    from storage_bench.guarantee.definition import Guarantee
    from storage_bench.guarantee.judging.claim import Claim

COLUMNS = ("Jobs", "Of", "IOPS", "Rate", "Block", "p50", "p99", "max", "s")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--definition", help="Guarantee to hold them against; default: the usual one.")
@json_option
def read(files: tuple[Path, ...], definition: str | None, as_json: bool) -> None:
    """Show results of fio 2 and 3 (JSON) as a table, and what they claim of a guarantee.

    What comes from elsewhere is a claim and never evidence: nothing here seals or certifies it.
    """
    from storage_bench.engines.fio import documents, reading
    from storage_bench.errors import StorageError
    from storage_bench.guarantee.definition import DEFAULT
    from storage_bench.guarantee.definition import load as load_definition

    with translate_errors():
        demanded = load_definition(definition or DEFAULT)
    found: list[tuple[Path, Load]] = []
    for file in files:
        try:
            loads = reading.read(documents.decoded(file.read_bytes()))
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}.", "Give a file to read.") from error
        except StorageError as error:
            raise UsageError(f"{file}: {error.reason}", "Give JSON of fio.") from error
        found += [(file, load) for load in loads]
    if as_json:
        print_json([_told(file, load, demanded) for file, load in found])
    else:
        _show(found, demanded)
    for file in files:
        if why := reading.no_load([load for from_file, load in found if from_file == file]):
            raise UsageError(f"{file}: {why.reason}", why.next_step)


def claimed(load: Load, demanded: Guarantee) -> Claim:
    """What a load says of the guarantee: its reads and writes, without what verifies them."""
    from storage_bench.guarantee.judging.claim import StatedLatency, StatedResult, claim

    counted = {f.way: f for f in load.figures if f.way in ("read", "write") and not f.verifies}
    ios = {way: figure.ios for way, figure in counted.items()}
    pattern, asked = load.asked.pattern, load.asked
    return claim(
        demanded,
        StatedResult(
            reads=ios.get("read", 0),
            writes=ios.get("write", 0),
            io_bytes=sum(figure.io_bytes for figure in counted.values()),
            duration_s=max((figure.duration_s for figure in counted.values()), default=1.0),
            direct=asked.direct,
            random=None if pattern is None else pattern.startswith("rand"),
            in_flight=asked.in_flight,
            latencies={
                way: StatedLatency(figure.latency.percentiles_s, figure.latency.max_s)
                for way, figure in counted.items()
                if figure.latency is not None
            },
        ),
    )


def _told(file: Path, load: Load, demanded: Guarantee) -> dict[str, object]:
    return {
        "file": str(file),
        "fio": load.version,
        "jobs": load.jobs,
        "place": load.asked.place,
        "drives": load.drives,
        "figures": [_numbers(figure) for figure in load.figures],
        "remarks": load.remarks,
        "fault": load.fault,
        "claim": {"guarantee": demanded.id, "said": claimed(load, demanded)}
        if load.figures
        else None,
    }


def _numbers(figure: Figure) -> dict[str, object]:
    latency = figure.latency
    return {
        "of": figure.way,
        "verifies": figure.verifies,
        "ios": figure.ios,
        "io_bytes": figure.io_bytes,
        "duration_s": figure.duration_s,
        "iops": figure.iops,
        "bytes_per_s": figure.bytes_per_s,
        "latency": None
        if latency is None
        else {
            "of": latency.of,
            **{f"p{share * 100:g}_s": value for share, value in latency.percentiles_s.items()},
            "max_s": latency.max_s,
        },
    }


def _show(found: list[tuple[Path, Load]], demanded: Guarantee) -> None:
    from rich.table import Table

    from reports.render.text import printable

    for file in dict.fromkeys(file for file, _ in found):
        loads = [load for from_file, load in found if from_file == file]
        click.echo(
            f"{file}: fio {', '.join(dict.fromkeys(printable(one.version) for one in loads))}"
        )
        table = Table(*COLUMNS, box=None)
        for load in loads:
            for figure in load.figures:
                table.add_row(*_row(load, figure))
        console().print(table)
        for load in loads:
            for line in _lines(load, demanded):
                click.echo(f"  {printable(load.jobs[0])}: {printable(line)}")
    click.echo(
        f"claims, no evidence: nobody can check them. A guarantee is tested by "
        f"`capbench storage guarantee` ({demanded.id})"
    )


def _row(load: Load, figure: Figure) -> list[str]:
    from rich.markup import escape

    from reports.render.text import printable

    jobs = load.jobs[0] if len(load.jobs) == 1 else f"{load.jobs[0]} and {len(load.jobs) - 1} more"
    latency = figure.latency
    p50, p99 = (latency.percentiles_s.get(s) if latency else None for s in (0.5, 0.99))
    return [
        escape(printable(jobs)),
        "read to verify" if figure.verifies else figure.way,
        f"{figure.iops:.0f}",
        format_si(figure.bytes_per_s, "B/s"),
        f"{figure.io_bytes / figure.ios:.0f} B",
        *(format_si(value, "s") for value in (p50, p99, latency.max_s if latency else None)),
        f"{figure.duration_s:g}",
    ]


def _lines(load: Load, demanded: Guarantee) -> list[str]:
    """What has to be said beside the figures of a load."""
    if load.fault:
        return [f"no figure: {load.fault}"]
    said = claimed(load, demanded)
    where = ", ".join(load.drives)
    lines = list(load.remarks)
    if load.asked.place or where:
        lines.append(
            f"file {load.asked.place or 'not told'}, on {where or 'a drive that fio does not name'}"
            " (fio makes the folders of a mount point that is not there, and loads what is below)"
        )
    completion = any(f.latency and f.latency.of == "completion" for f in load.figures)
    if completion:
        lines.append("its latencies leave out the submission")
    return [*lines, f"claim: {said.verdict} {demanded.id}: {'; '.join(said.because)}"]
