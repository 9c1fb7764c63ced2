"""LLVM's bfloat16, which llvmlite has no name for."""

from __future__ import annotations

from llvmlite import ir


class BFloat(ir.Type):  # type: ignore[misc]  # llvmlite is untyped
    """Eight bits of exponent, seven of fraction."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BFloat)

    def __hash__(self) -> int:
        return hash(BFloat)
