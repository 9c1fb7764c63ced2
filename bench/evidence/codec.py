"""Plain data to frozen dataclasses and back, strictly: an unknown or missing key is an error.

Own code, because the process that measures must need no library for it, and because the usual
libraries ignore unknown keys of dataclasses and cannot tell the members of a union apart.
A union is told apart by the member's field `kind: Literal["..."]`.
"""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_SHOWN = 100


class DecodeError(ValueError):
    """What was wanted and what was found, with the path to the place."""


def decode(wanted: type[T], value: object, path: str = "") -> T:
    """Build `wanted` (a dataclass) from parsed JSON or TOML, or raise DecodeError."""
    return typing.cast(T, _decode(wanted, value, path or "top level"))


def encode(value: object) -> Any:
    """Dataclasses, tuples and enums as plain dicts, lists and strings; fields keep their order."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    return value


def canonical(value: object) -> bytes:
    """One value, one byte string: sorted keys, no spaces, UTF-8, a newline at the end.

    Raises ValueError for NaN and infinities: JSON has no such numbers.
    """
    text = json.dumps(
        encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode() + b"\n"


def parse(data: bytes) -> object:
    """Parse JSON as strictly as `canonical` writes it: no duplicate keys, no NaN, UTF-8 only."""
    try:
        text = data.decode("utf-8")
        value: object = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
        if "\\ud" in text.lower():  # half of a character, which no bytes can hold
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except DecodeError:
        raise
    # ValueError: also a number of so many digits that Python refuses to read it.
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {error}") from error


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DecodeError(f'key "{twice}" appears twice')
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise DecodeError(f"{name} is not a JSON number")


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
    if dataclasses.is_dataclass(wanted):
        return _decode_dataclass(typing.cast(Any, wanted), value, path)
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
            if dataclasses.is_dataclass(member):
                kind = _hints(typing.cast(Any, member)).get("kind")
                if kind is not None and value["kind"] in typing.get_args(kind):
                    return _decode(member, value, path)
        raise DecodeError(f"{path}.kind: {_shown(value['kind'])} is not known")
    for member in candidates:
        try:
            return _decode(member, value, path)
        except DecodeError:
            continue
    raise _wrong(path, " or ".join(getattr(m, "__name__", str(m)) for m in candidates), value)


def _decode_dataclass(wanted: Any, value: object, path: str) -> object:
    if not isinstance(value, dict):
        raise _wrong(path, "a table", value)
    hints = _hints(wanted)
    fields = {field.name: field for field in dataclasses.fields(wanted) if field.init}
    unknown = sorted(set(value) - set(fields))
    if unknown:
        raise DecodeError(
            f'{path}: unknown key "{unknown[0]}"; known are {", ".join(sorted(fields))}'
        )
    arguments = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _decode(hints[name], value[name], f"{path}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise DecodeError(f'{path}: key "{name}" is missing')
    try:
        return wanted(**arguments)
    except ValueError as error:
        raise DecodeError(f"{path}: {error}") from error


@cache
def _hints(wanted: Any) -> dict[str, Any]:
    return typing.get_type_hints(wanted)


def _wrong(path: str, wanted: str, value: object) -> DecodeError:
    return DecodeError(f"{path}: wanted {wanted}, found {_shown(value)}")


def _shown(value: object) -> str:
    """A value in an error of one line: a foreign file may hold megabytes there."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
