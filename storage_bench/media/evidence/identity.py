"""What a drive is known by, in one way of writing: the one of the storage inventory."""

import re
from collections.abc import Iterable

MIN_LENGTH = 6
"""Shorter ones are slot numbers and placeholders (`0000`, `N/A`), which many drives share."""


def number(text: object) -> str:
    """A world-wide number without its ways of writing: `naa.5001`, `0x5001`, `50:01`; "" if none.

    NAA, EUI-64 and NGUID are hexadecimal digits; a T10 or NVMe name that is put together of vendor
    and model is none.
    """
    bare = re.sub(r"^(naa\.|eui\.|wwn-|0x)+", "", str(text).strip().lower())
    bare = re.sub(r"[:\-\s]", "", bare)
    return bare if re.fullmatch(r"[0-9a-f]+", bare) and _tells_apart(bare) else ""


def serial(text: object) -> str:
    """A serial number as an identity; "" if it is none."""
    bare = str(text).replace("\0", "").strip().upper()
    return f"serial {bare}" if _tells_apart(bare) else ""


def names(numbers: Iterable[object] = (), serials: Iterable[object] = ()) -> frozenset[str]:
    """All identities among these; None and placeholders are none."""
    found = [number(text) for text in numbers if text]
    found += [serial(text) for text in serials if text]
    return frozenset(filter(None, found))


def _tells_apart(text: str) -> bool:
    return len(text) >= MIN_LENGTH and len(set(text)) > 1
