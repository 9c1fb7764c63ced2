"""Options that several commands share."""

from pathlib import Path

import click

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
    type=click.Path(exists=True, file_okay=False, path_type=Path),
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

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
directory_option = click.option(
    "--directory", type=FOLDER, required=True, help="Folder on the storage to test."
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["fio", "native"]),
    help="Default: fio where it is installed and new enough.",
)
