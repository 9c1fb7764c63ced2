"""`capbench storage cleanup`: folders of killed runs, removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import FOLDER
from bench.cli.output import json_option, print_json, status, translate_errors

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("directory", type=FOLDER, default=".")
@json_option
def cleanup(directory: Path, as_json: bool) -> None:
    """Remove from DIRECTORY what killed runs left there, and nothing else."""
    from storage_bench.workspace import guard

    with translate_errors():
        found = guard.find_leftovers(directory)
        for path in found:
            guard.remove(path)
    if as_json:
        print_json([str(path) for path in found])
    else:
        for path in found:
            click.echo(f"removed {path}")
        status(f"{len(found)} folders of killed runs in {directory}")
