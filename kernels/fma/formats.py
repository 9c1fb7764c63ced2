"""Number formats of the chains: the vector instruction of each, and the CPUs that have it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pipe:
    """Vector registers of one instruction set, and how many chains keep its units busy."""

    feature: str
    """LLVM's name of the extension that must be there."""
    bits: int
    chains: int
    """Accumulators: at least latency times units, and with four operands within the registers."""


# 24 of 32 registers: Zen 5 needs 16 chains or more for its dot products. 12 of 16: Haswell needs
# 5 cycles x 2 units. Four operands are always kept in registers beside them.
_AVX512 = Pipe("avx512f", 512, 24)
_FMA = Pipe("fma", 256, 12)
_NEON = Pipe("neon", 128, 24)


@dataclass(frozen=True, slots=True)
class Format:
    """One precision on the vector pipe."""

    name: str
    accumulator: str
    """NumPy's name of the type that is accumulated in."""
    accumulator_bits: int
    operand: str
    """NumPy's name of the type of the operands; bfloat16, which it lacks, as its bits."""
    products: int
    """Products that one instruction adds to each accumulator."""
    pipes: tuple[Pipe, ...]
    """Best first."""

    def pipe(self, features: Set[str]) -> Pipe | None:
        """The best pipe among the extensions given, or None where this format is not native."""
        return next((pipe for pipe in self.pipes if pipe.feature in features), None)


MAX_BF16_PASSES = 1 << 16
"""Passes after which a bf16 chain could need more than the 24 bits of binary32."""

FORMATS = {
    form.name: form
    for form in (
        Format("fp64", "float64", 64, "float64", 1, (_AVX512, _FMA, _NEON)),
        Format("fp32", "float32", 32, "float32", 1, (_AVX512, _FMA, _NEON)),
        Format("fp16", "float16", 16, "float16", 1, (Pipe("avx512fp16", 512, 24),)),
        Format("bf16", "float32", 32, "uint16", 2, (Pipe("avx512bf16", 512, 24),)),
        Format(
            "int8", "int32", 32, "int8", 4, (Pipe("avx512vnni", 512, 24), Pipe("avxvnni", 256, 12))
        ),
    )
}
