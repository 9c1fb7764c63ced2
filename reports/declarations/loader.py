"""Strict reading of TOML declarations: every fault is one line with its place."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from bench.errors import UsageError
from bench.evidence.codec import DecodeError, decode
from reports.declarations.toml_lines import line_of

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
        text = data.decode("utf-8")
        table = _whole_numbers(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: not TOML: {error}.", example) from error
    try:
        return decode(wanted, table)
    except DecodeError as error:
        line = line_of(text, str(error))
        at = f"{name}: line {line}" if line else name
        raise UsageError(f"{at}: {error}.", example) from error


def _whole_numbers(value: Any, key: str = "") -> Any:
    """Sizes written as `92.16e12` are whole numbers of bytes, though TOML has them as floats."""
    if isinstance(value, dict):
        return {name: _whole_numbers(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner, key) for inner in value]
    if key.endswith("_bytes") and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
