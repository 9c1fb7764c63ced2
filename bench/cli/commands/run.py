"""`capbench run`: measure, seal, and report."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import (
    facility_option,
    only_option,
    plan_option,
    policy_option,
    profile_option,
    storage_option,
    strict_option,
    year_option,
)
from bench.cli.output import json_option, new_folder, status

if TYPE_CHECKING:
    from bench.evidence import Evidence


@click.command()
@profile_option
@only_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to make for evidence and reports, or one file of all, NAME.zip; default: a new "
    "folder, whose name is printed.",
)
@storage_option
@click.option(
    "--simulate", metavar="NAME",
    help="Show the report of a simulated machine, eight-gpus; nothing is measured.",
)  # fmt: skip
@facility_option
@policy_option
@plan_option
@year_option
@strict_option
@json_option
@click.pass_context
def run(
    context: click.Context,
    profile: str,
    only: tuple[str, ...],
    output: Path | None,
    directory: Path | None,
    simulate: str | None,
    facility: Path | None,
    policy: str | None,
    plan_id: str | None,
    year: int | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Measure this machine, seal the evidence, and report it by the plan."""
    from bench.cli.commands.plan import prepare
    from bench.cli.progress import follow
    from bench.cli.report_request import Question, show, write_all
    from bench.evidence.container import is_zip
    from bench.evidence.container.packing import one_file
    from bench.execution.processes import WarmWorker
    from bench.execution.session import exit_code, refuse_collisions, run_session
    from reports.performance import analyse
    from reports.verification import examine_evidence

    packed = output if output is not None and is_zip(output) else None
    with one_file(packed, status) if packed else new_folder(output) as folder:
        with WarmWorker() if simulate is None else nullcontext() as ahead:
            refuse_collisions()
            # A fault in these files shows now, not after two minutes of measuring.
            question = Question.from_options(facility, policy, plan_id, year)
            if simulate is not None:
                evidence = simulated(simulate, only, folder)
            else:
                inventory, planned = prepare(profile, only, directory or folder.absolute().parent)
                evidence = run_session(
                    inventory, planned, folder, say=status, follow=follow, ahead=ahead
                )
        report = question.answer((analyse(examine_evidence(evidence)),))
        written = write_all(report, folder)
    show(report, as_json)
    if packed:
        status(f"evidence and reports: {packed}   check it: capbench verify {packed}")
    else:
        status(f"evidence: {folder / 'evidence'}   report: {written}")
    context.exit(exit_code(evidence, report.exit_code(strict)))


def simulated(name: str, only: tuple[str, ...], folder: Path) -> "Evidence":
    """Run the session on a simulated machine: nothing of it is measured, and all of it says so."""
    from bench.cli.progress import follow
    from bench.execution.session import run_session
    from bench.testing.show import simulation

    node, inventory, planned = simulation(name, only)
    return run_session(
        inventory, planned, folder, say=status, follow=follow,
        execute=node.execute, try_shapes=node.try_shapes,
    )  # fmt: skip
