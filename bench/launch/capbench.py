"""The command `capbench`: first of all it sees that the packages found are its own.

It lies beside them and imports none of them before: a folder on PYTHONPATH with a package of one of
their names (frappe's `bench`, Hugging Face's `kernels`) would be imported instead.
"""

import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NoReturn

PACKAGES = ("bench", "kernels", "reports", "storage_bench")
HERE = Path(__file__).resolve().parent
OURS = (HERE, HERE.parent.parent)
"""Where they are: beside this file once it is installed, two folders up in the sources."""


def strangers() -> dict[str, str]:
    """Our package names for which Python finds something else first, and where that lies."""
    found = {}
    for package in PACKAGES:
        spec = PathFinder.find_spec(package)
        origin = None if spec is None else spec.origin
        if origin is not None and Path(origin).resolve().parent.parent not in OURS:
            found[package] = origin
    return found


def start() -> None:
    """Run the command line, or say in one line why it cannot be run."""
    for package, origin in strangers().items():
        refuse(
            f"The package {package} is found in {origin}, which is not ours: it collides. "
            "Take that folder off PYTHONPATH, or leave it."
        )
    try:
        from bench.cli import main
    except ImportError as error:
        refuse(f"A library does not load: {error}. Install capbench anew: pip install capbench")
    main()


def refuse(text: str) -> NoReturn:
    """One line for people, and the exit code of a command that cannot be used as given."""
    line = "".join(c if c.isprintable() else "?" for c in text)
    sys.stderr.buffer.write(f"capbench: {line}\n".encode(errors="replace"))
    raise SystemExit(2)


if __name__ == "__main__":
    start()
