"""The four streams as STREAM counts them: what each reads and writes, an element."""

from __future__ import annotations

from dataclasses import dataclass

ELEMENT_BYTES = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """One stream over arrays of binary64 numbers a, b, c with a scalar s."""

    name: str
    sources: int
    """Arrays that are read."""
    writes: bool
    """Whether an array is written."""
    ops: int
    """Floating-point operations an element."""

    @property
    def arrays(self) -> int:
        return self.sources + self.writes

    @property
    def bytes_moved(self) -> int:
        """Bytes an element: each array once, no write-allocate (McCalpin, STREAM)."""
        return self.arrays * ELEMENT_BYTES


KINDS = {
    kind.name: kind
    for kind in (
        Kind("read", 1, False, 0),  # the bits of b folded into one word
        Kind("write", 0, True, 0),  # a = s
        Kind("copy", 1, True, 0),  # a = b
        Kind("triad", 2, True, 2),  # a = b + s c
    )
}
