"""`capbench report`: evidence of some machines against a plan, in a format."""

from pathlib import Path

import click

from bench.cli.options import (
    facility_option,
    plan_option,
    policy_option,
    strict_option,
    year_option,
)
from bench.cli.report_request import FILES, Question, show


@click.command()
@click.argument(
    "folders", nargs=-1, required=True, metavar="EVIDENCE...", type=click.Path(path_type=Path)
)
@facility_option
@policy_option
@plan_option
@year_option
@strict_option
@click.option(
    "--format", "format_", type=click.Choice(["terminal", *FILES]), default="terminal",
    show_default=True,
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=click.Path(path_type=Path), help="File; default: standard output.")
@click.pass_context
def report(
    context: click.Context,
    folders: tuple[Path, ...],
    facility: Path | None,
    policy: str | None,
    plan_id: str | None,
    year: int | None,
    strict: bool,
    format_: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Verify EVIDENCE (one bundle a machine) and judge it by a plan."""
    from bench.evidence.bundle_writer import write_atomically
    from reports.performance import analyse
    from reports.render import render
    from reports.verification import verify

    wanted = "json" if as_json else format_
    if output is not None:
        refuse_output(output)
    question = Question.from_options(facility, policy, plan_id, year)
    made = question.answer(tuple(analyse(verify(folder)) for folder in folders))
    if output is not None:
        write_atomically(output, render(made, wanted).encode())
    elif wanted == "terminal":
        show(made, as_json=False)
    else:
        click.echo(render(made, wanted), nl=False)
    context.exit(made.exit_code(strict))


def refuse_output(output: Path) -> None:
    """Raise UsageError for a file that cannot be one, before the work and not after it."""
    from bench.errors import UsageError

    if output.is_dir():
        raise UsageError(f"{output} is a folder.", "Give the name of a file with --output.")
    if not output.parent.is_dir():
        raise UsageError(
            f"{output.parent} is not a folder.", "Make it first, or give another --output."
        )
