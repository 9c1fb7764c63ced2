"""Arguments and options of commands that take evidence: bundles, folders of them, globs, lists."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.output import console, status
from bench.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from reports.verification.fleet import Examined

list_option = click.option(
    "--list", "lists", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
    help="File with one bundle or folder a line. Repeatable.",
)  # fmt: skip
cache_option = click.option(
    "--cache/--no-cache", default=True, show_default=True,
    help="Whether to keep summaries of verified bundles, and to use those that are kept.",
)  # fmt: skip


def evidence_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add EVIDENCE..., --list and --cache to a command."""
    paths = click.argument(
        "paths", nargs=-1, metavar="EVIDENCE...", type=click.Path(path_type=Path)
    )
    return paths(list_option(cache_option(command)))


def bundles_of(paths: tuple[Path, ...], lists: tuple[Path, ...]) -> tuple[Path, ...]:
    """Every bundle that the arguments name. Raises UsageError where there is none."""
    from reports.verification.search import find_bundles, listed

    named = (*paths, *(path for file in lists for path in listed(file)))
    if not named:
        raise UsageError("No evidence is named.", "Give a bundle, a folder of bundles, or --list.")
    return find_bundles(named)


def examined(bundles: tuple[Path, ...], *, condensed: bool, cache: bool) -> "tuple[Examined, ...]":
    """Every bundle, verified side by side; progress goes to standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from reports.verification.fleet import examine_all
    from reports.verification.kept_summaries import summaries

    if condensed:
        # Hundreds of thousands of records, and no cycle among them: looking for one takes seconds.
        gc.disable()
    err = console(stderr=True)
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), Remaining())
    hidden = len(bundles) == 1 or not err.is_terminal
    try:
        with Progress(*columns, console=err, transient=True, disable=hidden) as progress:
            bar = progress.add_task("", total=len(bundles))
            found = tuple(
                examine_all(
                    bundles,
                    condensed=condensed,
                    summaries=summaries() if cache else None,
                    done=lambda count: progress.update(bar, completed=count),
                )
            )
    except KeyboardInterrupt:
        raise Incomplete("Interrupted: nothing is said of the evidence.", "Run again.") from None
    for each in found:
        if each.reason is not None:
            from reports.render.text import printable

            status(printable(f"{each.bundle}: {each.reason}"))
    return found
