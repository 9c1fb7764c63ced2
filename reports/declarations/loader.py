"""Strict reading of TOML declarations: every fault is one line with its place."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from bench.errors import UsageError
from bench.evidence.codec import DecodeError, decode

T = TypeVar("T")


def shipped(folder: str) -> tuple[str, ...]:
    """Names of the declarations that come with capbench in `reports/<folder>`, without `.toml`."""
    names = (entry.name for entry in (files("reports") / folder).iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml")))


def read_shipped(wanted: type[T], folder: str, name: str) -> T:
    """One declaration that comes with capbench."""
    data = (files("reports") / folder / f"{name}.toml").read_bytes()
    return _decoded(wanted, data, f"{folder}/{name}.toml", "Reinstall capbench.")


def read(wanted: type[T], path: Path, what: str, example: str) -> T:
    """The declaration in a user's file.

    `what` names what was wanted (`a facility`), `example` says where its form can be seen.
    Raises UsageError: no such file, not readable, not TOML, an unknown or missing key, a value
    that cannot be.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: wanted {what}, found no such file.", example) from error
    except OSError as error:
        raise UsageError(f"{path}: wanted {what}, found {error.strerror}.", example) from error
    return _decoded(wanted, data, str(path), example)


def _decoded(wanted: type[T], data: bytes, name: str, example: str) -> T:
    try:
        return decode(wanted, tomllib.loads(data.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: not TOML: {error}.", example) from error
    except DecodeError as error:
        raise UsageError(f"{name}: {error}.", example) from error
