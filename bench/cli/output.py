"""What the commands share of speaking: results on standard output, status on standard error."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from rich.console import Console

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def print_json(value: object) -> None:
    """A dataclass or plain value as indented JSON on standard output."""
    from bench.evidence.codec import encode

    emit(json.dumps(encode(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def emit(text: str) -> None:
    """What is made for machines, or is a file's content: UTF-8, whatever the terminal speaks.

    A file's name that is no UTF-8 stands in JSON as the escapes that it is read from again.
    """
    click.echo(text.encode(errors="backslashreplace"), nl=False)


def status(text: str) -> None:
    """A line for people, which a pipe does not get; a terminal that is gone costs only the line."""
    with suppress(OSError):
        click.echo(text, err=True)


@contextmanager
def new_folder(given: Path | None) -> Iterator[Path]:
    """The folder that was given, or a new one: of this host, this second and no other process.

    One that nothing was put into goes away again.
    """
    if given is not None:
        yield given
        return
    folder = claimed(Path(), f"capbench-{host_name()}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    try:
        yield folder
    finally:
        with suppress(OSError):  # it holds something
            folder.rmdir()


def claimed(parent: Path, name: str) -> Path:
    """Make the next free folder of that name. Raises UsageError where nothing can be written."""
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be made: {error.strerror}.",
                "Give a folder that can be written to with --output.",
            ) from error
        return folder
    raise AssertionError


def host_name() -> str:
    """The host, in letters that every file system takes: many nodes write to one folder."""
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0]) or "host"


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
