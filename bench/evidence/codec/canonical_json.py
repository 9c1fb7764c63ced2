"""Canonical JSON by the standard library: one value, one byte string.

Sorted keys, no spaces, UTF-8, a newline at the end. Floats are spelled as msgspec spells them,
which are the digits of `repr` with another exponent, so that what one has written the other reads.
"""

import json
import math
from json.encoder import encode_basestring

from bench.evidence.codec.plain import DecodeError, encode


def canonical(value: object) -> bytes:
    """The bytes of plain data, records and enums.

    Raises ValueError for NaN and infinities: JSON has no such numbers.
    """
    return (_text(encode(value)) + "\n").encode()


def spelled(value: float) -> str:
    """A float as it stands in evidence: the shortest digits that mean it, and always a float.

    >>> spelled(1e16), spelled(1.5e-05), spelled(2.5e-07), spelled(3.0)
    ('1e16', '0.000015', '2.5e-7', '3.0')
    """
    if not math.isfinite(value):
        raise ValueError(f"Out of range float values are not JSON compliant: {value}")
    text = float.__repr__(value)
    digits, marker, exponent = text.partition("e")
    if not marker:
        return text
    if int(exponent) != -5:
        return f"{digits}e{int(exponent)}"
    sign = "-" if digits.startswith("-") else ""
    return f"{sign}0.0000{digits.lstrip('-').replace('.', '')}"


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


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return str(encode_basestring(value))
    if isinstance(value, float):
        return spelled(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, list):
        return f"[{','.join(map(_text, value))}]"
    if isinstance(value, dict):
        entries = sorted(value.items())
        return f"{{{','.join(f'{encode_basestring(k)}:{_text(v)}' for k, v in entries)}}}"
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DecodeError(f'key "{twice}" appears twice')
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise DecodeError(f"{name} is not a JSON number")
