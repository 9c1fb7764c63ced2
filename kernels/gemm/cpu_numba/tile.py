"""The register tile of our own GEMM: which instruction, how many rows and vectors, which blocks."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

Instruction = Literal["fma", "dpbf16ps", "amx"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of C that stays in registers while k runs, and the blocks it is fed from.

    Names after Van Zee and van de Geijn, BLIS (ACM TOMS 41, 2015, article 14): m_r x n_r is the
    tile, k_c x n_r the sliver of B that stays in the first cache, m_c x k_c the block of A that
    stays in the second.
    """

    precision: str
    instruction: Instruction
    feature: str
    """Extension that the instruction needs, by LLVM's name without strokes."""
    bits: int
    """Width of a register (of a row of a tile register for AMX)."""
    rows: int
    vectors: int
    unroll: int
    """Words of k that one pass of the loop takes."""
    k_block: int
    m_block: int
    n_block: int | None = None
    """Columns of C whose sums are kept beside it, since C is narrower; None sums in C itself."""

    @property
    def element_bytes(self) -> int:
        """Bytes of one element of A and B."""
        return {"fp64": 8, "fp32": 4, "bf16": 2}[self.precision]

    @property
    def word_bytes(self) -> int:
        """Bytes of what one lane multiplies at once: an element, or a pair in BF16."""
        return 8 if self.precision == "fp64" else 4

    @property
    def lanes(self) -> int:
        """Sums in one register."""
        return self.bits // (8 * self.word_bytes)

    @property
    def columns(self) -> int:
        """n_r."""
        return self.vectors * self.lanes

    @property
    def k_step(self) -> int:
        """Values of k that one pass of the loop takes; panels are filled up with zeros to it."""
        return self.unroll * self.word_bytes // self.element_bytes

    @property
    def name(self) -> str:
        return f"{self.instruction} {self.bits} bit, {self.rows} x {self.columns}"


# Best first. Tiles leave room for one row of B and one splat of A beside the sums: 24 + 4 + 1 or
# 24 + 3 + 1 of the 32 registers of AVX-512 and Neon, 12 + 2 + 1 of the 16 of AVX2. AMX: 4 + 2 + 2
# of 8 tiles. 6 x 4 loads least for each multiply-add (10 for 24): where a processor lowers its
# clock by the work it does in a cycle, loads cost speed even from the first cache.
# In FP32 and FP64 the deeper k_c, the less often C travels: a third of a MiB of A or more with
# AVX-512. In BF16 the sums stay near: with AMX a sliver of A is 32 KiB of a first cache of 48, and
# all of A's block for k = 2048, the sums and a block of B are 1.8 MiB of a second cache of 2.
TILES = (
    Tile("fp32", "fma", "avx512f", 512, 6, 4, 2, 768, 120),
    Tile("fp32", "fma", "fma", 256, 6, 2, 4, 256, 144),
    Tile("fp32", "fma", "neon", 128, 8, 3, 4, 384, 240),
    Tile("fp64", "fma", "avx512f", 512, 8, 3, 4, 512, 120),
    Tile("fp64", "fma", "fma", 256, 6, 2, 4, 256, 72),
    Tile("fp64", "fma", "neon", 128, 8, 3, 4, 256, 120),
    Tile("bf16", "amx", "amxbf16", 512, 32, 2, 16, 512, 256, 384),
    Tile("bf16", "dpbf16ps", "avx512bf16", 512, 8, 3, 4, 512, 240, 240),
)


def tiles(precision: str, features: Set[str]) -> tuple[Tile, ...]:
    """Those that run in this precision with these extensions of the processor, best first."""
    return tuple(t for t in TILES if t.precision == precision and t.feature in features)
