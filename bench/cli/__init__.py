"""The command line: it wires the parts together and decides nothing. Imported by nobody."""

import errno
import os
import sys
from pathlib import Path
from typing import Any

import click

from bench import __version__
from bench.cli import unexpected
from bench.cli.commands.accept import accept
from bench.cli.commands.completion import completion
from bench.cli.commands.discover import discover
from bench.cli.commands.doctor import doctor
from bench.cli.commands.peak import peak
from bench.cli.commands.plan import plan
from bench.cli.commands.report import report
from bench.cli.commands.run import run
from bench.cli.commands.verify import verify
from bench.cli.storage import storage
from bench.errors import CapbenchError, Incomplete


class Capbench(click.Group):
    """The one place where an error becomes a line for people and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        name_a_home()
        # A terminal that knows no Chinese gets question marks, and not the end of the program.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        try:
            return super().main(*args, **kwargs)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # a library in Rust panics with no Exception
            raise SystemExit(unexpected.told(error)) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CapbenchError as error:
            # What it names may come from a file of somebody else's.
            from reports.render.text import printable

            click.echo(printable(f"capbench: {error}"), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("capbench: Interrupted.", err=True)
            ctx.exit(Incomplete.exit_code)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            click.echo("capbench: No space left for the output: it is cut off.", err=True)
            ctx.exit(Incomplete.exit_code)


def name_a_home() -> None:
    """A user without a home and without an entry in passwd, as in a container.

    Libraries ask for it when they are loaded, and raise. One in which nothing can be made does.
    """
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = os.devnull


@click.group(
    cls=Capbench,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "CAPBENCH"},
    epilog="Exit codes: 0 done, nothing below target; 1 a target not met; 2 usage; "
    "3 nothing could be measured; 4 evidence invalid; 5 incomplete; "
    f"{unexpected.EXIT_CODE} an error of capbench itself, whose log is named.",
)
@click.version_option(__version__, prog_name="capbench")
def main() -> None:
    """Measure what this machine can compute and store, seal the evidence, judge it by a plan."""


for command in (
    doctor, discover, plan, peak, accept, run, verify, report, storage, completion,
):  # fmt: skip
    main.add_command(command)
