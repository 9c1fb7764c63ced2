"""Plain data to records and dataclasses and back, strictly: an unknown or missing key is an error.

For declarations in TOML, for nodes without msgspec, and to say what is wrong and where. The members
of a union are told apart by their `kind`.
"""

import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from bench.evidence.codec.record import fields_of, is_record, tag_of

T = TypeVar("T")

LONGEST_SHOWN = 100


class DecodeError(ValueError):
    """What was wanted and what was found, with the path to the place."""


class NotCanonical(DecodeError):
    """The same value in other bytes than the one spelling that it has."""


def decode(wanted: type[T], value: object, path: str = "") -> T:
    """Build `wanted` (a dataclass) from parsed JSON or TOML, or raise DecodeError."""
    return typing.cast(T, _decode(wanted, value, path or "top level"))


def encode(value: object) -> Any:
    """Dataclasses, tuples and enums as plain dicts, lists and strings; fields keep their order."""
    kind: Any = type(value)
    if is_record(kind):
        entries = {name: encode(getattr(value, name)) for name in _fields(kind)}
        tag = _tag(kind)
        return entries if tag is None else {**entries, "kind": tag}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    return value


def _decode(wanted: Any, value: object, path: str) -> object:
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(wanted), value, path)
    if origin is typing.Literal:
        if value in typing.get_args(wanted) and type(value) in map(type, typing.get_args(wanted)):
            return value
        choices = ", ".join(map(repr, typing.get_args(wanted)))
        raise DecodeError(f"{path}: wanted one of {choices}, found {_shown(value)}")
    if origin is tuple:
        return _decode_tuple(typing.get_args(wanted), value, path)
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            raise _wrong(path, "a table", value)
        item = typing.get_args(wanted)[1]
        return {key: _decode(item, element, f"{path}.{key}") for key, element in value.items()}
    if is_record(wanted):
        return _decode_record(wanted, value, path)
    return _decode_scalar(wanted, value, path)


def _decode_scalar(wanted: Any, value: object, path: str) -> object:
    if wanted is object:
        return value
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        try:
            return wanted(value)
        except ValueError:
            choices = ", ".join(repr(member.value) for member in wanted)
            raise DecodeError(f"{path}: wanted one of {choices}, found {_shown(value)}") from None
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # an integer of more than 308 digits
            number = math.inf
        if not math.isfinite(number):
            raise DecodeError(f"{path}: wanted a finite number, found a larger one")
        return number
    if wanted is type(None) and value is None:
        return None
    if wanted in (str, int, bool) and type(value) is wanted:
        return value
    raise _wrong(path, getattr(wanted, "__name__", str(wanted)), value)


def _decode_tuple(arguments: tuple[Any, ...], value: object, path: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(path, "a list", value)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        if arguments[0] in (int, str) and all(type(item) is arguments[0] for item in value):
            return tuple(value)
        return tuple(_decode(arguments[0], item, f"{path}[{i}]") for i, item in enumerate(value))
    if len(arguments) != len(value):
        raise DecodeError(f"{path}: wanted {len(arguments)} items, found {len(value)}")
    return tuple(
        _decode(kind, item, f"{path}[{i}]")
        for i, (kind, item) in enumerate(zip(arguments, value, strict=True))
    )


def _decode_union(members: tuple[Any, ...], value: object, path: str) -> object:
    if value is None and type(None) in members:
        return None
    candidates = [member for member in members if member is not type(None)]
    if len(candidates) == 1:
        return _decode(candidates[0], value, path)
    if isinstance(value, dict) and "kind" in value:
        for member in candidates:
            if is_record(member) and value["kind"] in _kinds(member):
                return _decode(member, value, path)
        raise DecodeError(f"{path}.kind: {_shown(value['kind'])} is not known")
    for member in candidates:
        try:
            return _decode(member, value, path)
        except DecodeError:
            continue
    raise _wrong(path, " or ".join(getattr(m, "__name__", str(m)) for m in candidates), value)


def _decode_record(wanted: Any, value: object, path: str) -> object:
    if not isinstance(value, dict):
        raise _wrong(path, "a table", value)
    fields, tag = _fields(wanted), _tag(wanted)
    if tag is not None:
        value = dict(value)
        if (found := value.pop("kind", None)) != tag:
            raise DecodeError(f"{path}.kind: wanted {tag!r}, found {_shown(found)}")
    if unknown := sorted(set(value) - set(fields)):
        raise DecodeError(
            f'{path}: unknown key "{unknown[0]}"; known are {", ".join(sorted(fields))}'
        )
    hints = _hints(wanted)
    arguments = {}
    for name, is_required in fields.items():
        if name in value:
            arguments[name] = _decode(hints[name], value[name], f"{path}.{name}")
        elif is_required:
            raise DecodeError(f'{path}: key "{name}" is missing')
    try:
        return wanted(**arguments)
    except ValueError as error:
        raise DecodeError(f"{path}: {error}") from error


@cache
def _tag(wanted: Any) -> str | None:
    return tag_of(wanted)


def _kinds(wanted: Any) -> tuple[object, ...]:
    """How a member of a union may call itself; a dataclass has a field for it."""
    tag = _tag(wanted)
    return typing.get_args(_hints(wanted).get("kind")) if tag is None else (tag,)


@cache
def _fields(wanted: Any) -> dict[str, bool]:
    return fields_of(wanted)


@cache
def _hints(wanted: Any) -> dict[str, Any]:
    return typing.get_type_hints(wanted)


def _wrong(path: str, wanted: str, value: object) -> DecodeError:
    return DecodeError(f"{path}: wanted {wanted}, found {_shown(value)}")


def _shown(value: object) -> str:
    """A value in an error of one line: a foreign file may hold megabytes there."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
