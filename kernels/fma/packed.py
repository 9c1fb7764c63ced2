"""Two FP32 multiply-adds in one instruction: which compute capabilities have it.

PTX has `fma.rn.f32x2` from 10.0 on. Of 10.x it is one machine instruction, FFMA2, without which a
scheduler may not fill its lanes; of 11.x and 12.x the assembler makes two FFMA of it.
"""

from __future__ import annotations

import re

IMPLEMENTATION = "numba-cuda-f32x2"
FIRST = 10
"""Major number of the first compute capability that has the instruction."""
SPLITS = (11, 12)
"""Those for which the assembler splits it."""


def absent_from(implementation: str, architecture: str | None) -> str | None:
    """Why a device of this compute capability (`9.0`) has no such pair; None also if not known."""
    known = re.fullmatch(r"([0-9]{1,3})\.[0-9]+", architecture or "")
    if implementation != IMPLEMENTATION or known is None:
        return None
    major = int(known[1])
    if major < FIRST:
        return f"compute capability {architecture} has no fma.rn.f32x2, which begins with 10.0"
    if major in SPLITS:
        return (
            f"compute capability {architecture} splits fma.rn.f32x2 into two fma.rn.f32, "
            "which numba-cuda measures"
        )
    return None
