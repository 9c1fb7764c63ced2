"""Names of files as evidence holds them: it is UTF-8, and a file's name is any bytes."""

import re
from pathlib import Path

_HALF = re.compile("[\ud800-\udfff]")
"""How Python writes a byte of a name that is no UTF-8."""


def spelled(path: Path | str) -> str:
    """A path as text; bytes of it that are no UTF-8, as an older system made them, as escapes.

    >>> spelled("/data/\\udcb2\\udce2"), spelled("/data/测试")
    ('/data/\\\\xb2\\\\xe2', '/data/测试')
    """
    return _HALF.sub(lambda half: f"\\x{ord(half[0]) & 0xFF:02x}", str(path))


def is_text(path: Path | str) -> bool:
    """Whether all of it can stand in evidence as it is."""
    return spelled(path) == str(path)
