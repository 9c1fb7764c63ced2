"""An error that nobody foresaw: one line, the traceback in a file, an exit code of its own."""

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

import click

from bench import __version__

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: no figure and no target has anything to do with it."""


def told(error: BaseException) -> int:
    """Say what went wrong and where the rest of it stands. Returns the exit code."""
    from reports.render.text import printable

    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    log = written(error)
    rest = "no folder can be written to for a log" if log is None else f"the rest is in {log}"
    click.echo(printable(f"capbench: Unexpected {what}; {rest}."), err=True)
    return EXIT_CODE


def written(error: BaseException) -> Path | None:
    """The file that holds the traceback; None where none can be written."""
    lines = [
        f"capbench {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
        f"{' '.join(sys.argv)}\n\n",
        *traceback.format_exception(error),
    ]
    data = "".join(lines).encode(errors="backslashreplace")
    for folder in candidates():
        try:
            descriptor, name = tempfile.mkstemp(".log", "capbench-", folder)
        except OSError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return Path(name)
    return None


def candidates() -> tuple[Path, ...]:
    """Where a log may lie, the best first: root may be read-only, and a home need not exist."""
    named = (os.environ.get(name) for name in ("TMPDIR", "XDG_STATE_HOME", "XDG_CACHE_HOME"))
    return (*(Path(each) for each in named if each), Path("/tmp"), Path("/var/tmp"), Path())
