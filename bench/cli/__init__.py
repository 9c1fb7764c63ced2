"""The command line: it wires the parts together and decides nothing. Imported by nobody."""

from typing import Any

import click

from bench import __version__
from bench.cli.completion import completion
from bench.cli.discover import discover
from bench.cli.doctor import doctor
from bench.cli.peak import peak
from bench.cli.plan import plan
from bench.cli.report import report
from bench.cli.run import run
from bench.cli.storage import storage
from bench.cli.verify import verify
from bench.errors import CapbenchError


class Capbench(click.Group):
    """The one place where an error becomes a line for people and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CapbenchError as error:
            # What it names may come from a file of somebody else's.
            from reports.wording import printable

            click.echo(printable(f"capbench: {error}"), err=True)
            ctx.exit(error.exit_code)


@click.group(
    cls=Capbench,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "CAPBENCH"},
    epilog="Exit codes: 0 done, nothing below target; 1 a target not met; 2 usage; "
    "3 nothing could be measured; 4 evidence invalid; 5 incomplete.",
)
@click.version_option(__version__, prog_name="capbench")
def main() -> None:
    """Measure what this machine can compute and store, seal the evidence, judge it by a plan."""


for command in (doctor, discover, plan, peak, run, verify, report, storage, completion):
    main.add_command(command)
