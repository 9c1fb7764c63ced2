"""`capbench plan`: the cases of a run, and how long they may take. Runs nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import only_option, profile_option, storage_option
from bench.cli.output import json_option, print_json

if TYPE_CHECKING:
    from bench.evidence.inventory import Inventory
    from bench.evidence.plan import Plan


@click.command()
@profile_option
@only_option
@storage_option
@json_option
def plan(profile: str, only: tuple[str, ...], directory: Path | None, as_json: bool) -> None:
    """Show what `run` would measure here and how long it may take."""
    from bench.planning.feasibility import infeasible_reason
    from bench.planning.time_budget import longest_s, search_s, total_s

    inventory, planned = prepare(profile, only, directory or Path.cwd())
    if as_json:
        print_json(planned)
        return
    for case in planned.cases:
        refusal = infeasible_reason(case, inventory)
        note = f"skipped: {refusal}" if refusal else f"up to {longest_s(case):4.0f} s"
        click.echo(f"{case.metric:<26} {case.implementation:<14} x {case.repeats}  {note}")
    for search in planned.searches:
        shapes = f"{len(search.trials)} shapes tried first, up to {search_s(search):.0f} s"
        click.echo(
            f"{search.kernel} in {search.precision:<18} {search.implementation:<14} {shapes}"
        )
    for absent in inventory.absent:
        click.echo(f"{absent.backend}: absent: {absent.reason}")
    click.echo(f"{len(planned.cases)} cases, {total_s(planned, inventory):.0f} s at the most")


def prepare(
    profile_name: str, only: tuple[str, ...], directory: Path
) -> tuple["Inventory", "Plan"]:
    """Look at the machine and plan the profile for it."""
    from bench.cli.storage.engine import tell_passed_over
    from bench.evidence.container.file_names import spelled
    from bench.machine import discover
    from bench.planning import plan as make_plan
    from bench.planning import profile as profiles
    from bench.planning.cases import StorageWay
    from storage_bench.engines import choose

    profile, digest = profiles.load(profile_name)
    inventory = discover(directory)
    tell_passed_over()
    way = StorageWay(*choose.choose(), spelled(directory.absolute()))
    return inventory, make_plan(inventory, profile, digest, way, only)
