"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click


class TextPath(click.Path):
    """A folder whose name can stand in evidence."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        from bench.evidence.container.file_names import is_text, spelled

        found = super().convert(value, param, ctx)
        whole = Path(str(found)).absolute()
        if not is_text(whole):
            self.fail(f"{spelled(whole)}: evidence is UTF-8, which this name is not.")
        return found


FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
TESTED = TextPath(path_type=Path, exists=True, file_okay=False)
"""Storage to test: its name is part of the evidence."""

profile_option = click.option(
    "--profile", default="quick", show_default=True, help="quick, ci, full, or a TOML file."
)
only_option = click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Measure only metrics that match this glob, for example 'cpu.vector.*'. Repeatable.",
)
storage_option = click.option(
    "--directory",
    type=TESTED,
    help="Folder to test storage in; default: beside the output.",
)
facility_option = click.option(
    "--facility", type=click.Path(path_type=Path), help="What the machine is a part of (TOML)."
)
policy_option = click.option("--policy", help="Conversion policy: an id, or a TOML file.")
plan_option = click.option("--plan", "plan_id", help="Plan to judge by: an id, or a TOML file.")
year_option = click.option("--year", type=int, help="Year of the plan; default: its last.")
strict_option = click.option(
    "--strict", is_flag=True, help="Undecided and not measured fail too (exit code 1)."
)

directory_option = click.option(
    "--directory", type=TESTED, required=True, help="Folder on the storage to test."
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["fio", "native"]),
    help="Default: fio where it is installed and new enough.",
)
