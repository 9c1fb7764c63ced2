"""Number formats: one line each."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Precision:
    """A number format that a kernel computes in."""

    name: str
    """Short name used in metrics, for example `fp32`."""
    storage_bytes: float
    """Bytes that one element occupies in memory."""
    op: Literal["FLOP", "OP"]
    """What one arithmetic operation is called: floating point or integer."""


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("fp64", 8, "FLOP"),
        Precision("fp32", 4, "FLOP"),
        Precision("tf32", 4, "FLOP"),
        Precision("bf16", 2, "FLOP"),
        Precision("fp16", 2, "FLOP"),
        Precision("fp8", 1, "FLOP"),
        Precision("int8", 1, "OP"),
        Precision("uint64", 8, "OP"),
    )
}
