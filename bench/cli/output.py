"""What the commands share of speaking: results on standard output, status on standard error."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bench.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from rich.console import Console

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def print_json(value: object) -> None:
    """A dataclass or plain value as indented JSON on standard output."""
    from bench.evidence.codec import encode

    click.echo(json.dumps(encode(value), indent=2, ensure_ascii=False, allow_nan=False))


def status(text: str) -> None:
    """A line for people, which a pipe does not get."""
    click.echo(text, err=True)


def console(stderr: bool = False, **options: Any) -> "Console":
    """A rich console, wide enough that no column vanishes: a narrower terminal folds the lines.

    Without a terminal it is plain, and wide enough not to fold tables.
    """
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, **options)
    least = 80 if made.is_terminal else 100
    if made.width < least:
        made = Console(stderr=stderr, highlight=False, width=least, **options)
    return made


@contextmanager
def translate_errors() -> Iterator[None]:
    """What storage refuses is a usage error; Ctrl-C is an unfinished run that left nothing."""
    from storage_bench.errors import StorageError

    try:
        yield
    except StorageError as error:
        raise UsageError(error.reason, error.next_step) from error
    except KeyboardInterrupt:
        raise Incomplete("Interrupted before the end.", "Nothing was left behind.") from None
