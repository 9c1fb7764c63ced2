"""Records to canonical JSON and back: by msgspec where it is installed, to the same bytes.

What is read is written again and must be the same bytes: by that a duplicate key, a space, another
spelling of a number, an unknown or a missing field is found, whichever library did the reading.
"""

from functools import cache
from typing import Any, TypeVar, cast

from bench.evidence.codec.canonical_json import canonical, parse
from bench.evidence.codec.plain import DecodeError, NotCanonical, decode, encode
from bench.evidence.codec.record import Record, msgspec, replace

__all__ = [
    "DecodeError", "NotCanonical", "Record", "canonical", "decode", "encode", "parse", "read",
    "receive", "replace", "written_again",
]  # fmt: skip

T = TypeVar("T")


def read(wanted: type[T], data: bytes, name: str = "") -> T:
    """The record in canonical bytes; `name` is where they come from.

    Raises DecodeError for anything else: other bytes of the same meaning too.
    """
    if msgspec is not None:
        try:
            value: T = _decoder(cast(Any, wanted)).decode(data)
            if written_again(value) == data:
                return value
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
            pass  # said below, with the path of the place
    value = decode(wanted, parse(data), name)
    if canonical(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def receive(wanted: type[T], data: bytes) -> T:
    """The record in bytes from a process of our own, in whatever form. Raises DecodeError."""
    if msgspec is not None:
        try:
            value: T = _decoder(cast(Any, wanted)).decode(data)
            return value
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
            pass
    return decode(wanted, parse(data))


def written_again(value: object) -> bytes:
    """Canonical bytes of a record without NaN or infinities, such as any that was read."""
    if msgspec is None:
        return canonical(value)
    text: bytes = _ENCODER.encode(value)
    return text + b"\n"


@cache
def _decoder(wanted: Any) -> Any:
    return msgspec.json.Decoder(wanted)


_ENCODER: Any = None if msgspec is None else msgspec.json.Encoder(order="sorted")
