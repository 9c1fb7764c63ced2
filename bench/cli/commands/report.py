"""`capbench report`: evidence of some machines against a plan, in a format."""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from bench.cli.evidence_arguments import bundles_of, evidence_arguments, examined
from bench.cli.options import (
    facility_option,
    plan_option,
    policy_option,
    strict_option,
    year_option,
)
from bench.cli.output import emit
from bench.cli.report_request import FILES, Question, show, write_all
from bench.errors import UsageError

if TYPE_CHECKING:
    from reports.performance.machine import MachineAnalysis


@click.command()
@evidence_arguments
@facility_option
@policy_option
@plan_option
@year_option
@strict_option
@click.option(
    "--format", "format_", type=click.Choice(["terminal", *FILES, "all"]), default="terminal",
    show_default=True,
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="File, or with --format all a folder; default: standard output.",
)
@click.pass_context
def report(
    context: click.Context,
    paths: tuple[Path, ...],
    lists: tuple[Path, ...],
    cache: bool,
    facility: Path | None,
    policy: str | None,
    plan_id: str | None,
    year: int | None,
    strict: bool,
    format_: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Verify EVIDENCE (one bundle a machine) and judge it by a plan.

    EVIDENCE is a bundle (a folder or a .zip file), a folder that holds bundles at any depth, or a
    glob. Bundles that cannot be used are named and left out, and the exit code is 4.
    """
    from bench.evidence.bundle_writer import write_atomically
    from reports.performance import analyse
    from reports.render import render
    from reports.verification import verify

    wanted = "json" if as_json else format_
    if wanted == "all":
        refuse_folder(output)
    elif output is not None:
        refuse_output(output)
    question = Question.from_options(facility, policy, plan_id, year)
    bundles = bundles_of(paths, lists)
    if len(bundles) == 1:
        made = question.answer((analyse(verify(bundles[0])),))
    else:
        made = question.answer(*several(bundles, cache))
    if wanted == "all":
        assert output is not None
        output.mkdir(parents=True, exist_ok=True)
        write_all(made, output)
    elif output is not None:
        write_atomically(output, render(made, wanted).encode())
    elif wanted == "terminal":
        show(made, as_json=False)
    else:
        emit(render(made, wanted))
    context.exit(made.exit_code(strict))


def several(
    bundles: tuple[Path, ...], cache: bool
) -> "tuple[tuple[MachineAnalysis, ...], tuple[MachineAnalysis, ...] | None, tuple[str, ...]]":
    """All machines, of a fleet those that are shown one by one, and what is left out and why."""
    from bench.evidence.container.file_names import spelled
    from reports.performance.machine import is_fleet
    from reports.report.fleet import worth_showing

    large = is_fleet(len(bundles))
    if large:  # the libraries of the formats load while other processes verify
        Thread(target=preload, daemon=True).start()
    found = examined(bundles, condensed=large, cache=cache)
    usable = [(each.bundle, each.machine) for each in found if each.machine is not None]
    machines = tuple(machine for _, machine in usable)
    left_out = tuple(
        f"{spelled(each.bundle)}: {each.reason}" for each in found if each.reason is not None
    )
    if not large:
        return machines, None, left_out
    apart = examined(
        tuple(usable[i][0] for i in worth_showing(machines)), condensed=False, cache=cache
    )
    return machines, tuple(e.machine for e in apart if e.machine is not None), left_out


def preload() -> None:
    """Import what the pages and tables need; what is missing is said when it is used."""
    for name in ("frames", "html"):
        with suppress(Exception):
            import_module(f"reports.render.{name}")


def refuse_folder(output: Path | None) -> None:
    """Raise UsageError where every format is wanted and there is no folder to write them to."""
    if output is None or (output.exists() and not output.is_dir()):
        raise UsageError("--format all wants a folder.", "Give one with --output.")


def refuse_output(output: Path) -> None:
    """Raise UsageError for a file that cannot be one, before the work and not after it."""
    if output.is_dir():
        raise UsageError(f"{output} is a folder.", "Give the name of a file with --output.")
    if not output.parent.is_dir():
        raise UsageError(
            f"{output.parent} is not a folder.", "Make it first, or give another --output."
        )
