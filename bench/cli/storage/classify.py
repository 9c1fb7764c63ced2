"""`capbench storage classify`: the medium under a path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.output import json_option, print_json, status, translate_errors

if TYPE_CHECKING:
    pass

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--probe", is_flag=True, help="Read PATH (a large file, or a drive) for 3 to 30 s.")
@click.option(
    "--media-evidence", "files", type=FILE, multiple=True, metavar="FILE",
    help="What `media-probe` collected here, or its like. Repeatable.",
)  # fmt: skip
@json_option
def classify(path: Path, probe: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Say what PATH is stored on: flash or disk, and how well that is known."""
    from storage_bench.media import behaviour, identify
    from storage_bench.media import classify as media
    from storage_bench.media.evidence import collection, join

    with translate_errors():
        known, remarks = join.read([collection.load(file) for file in files])
        collected = (join.evidence(known),) if files else ()
        found = media.classify(path, further=(identify.claims, *collected))
        if probe:
            hidden = behaviour.hidden(found)
            claim = behaviour.claim(behaviour.probe_path(path), hidden=hidden)
            found = media.with_claim(found, claim)
    show_remarks(remarks)
    if as_json:
        print_json(found)
        return
    click.echo(f"{path}: {found.media} (evidence: {found.level.name.lower()})")
    click.echo(f"  {found.reason}")
    for leaf in found.leaves:
        click.echo(
            f"  {leaf.name}: {leaf.media} by {leaf.level.name.lower()}; "
            f"model {leaf.model or 'unknown'}, by {leaf.transport or 'unknown way'}"
        )


def show_remarks(remarks: tuple[str, ...]) -> None:
    for remark in remarks:
        status(f"remark: {remark}")
