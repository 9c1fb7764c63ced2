"""Shapes worth trying on an accelerator, the most promising first. Pure data.

A shape is (m, n, k). Which one is best hangs on the card, its library and its driver: the harness
measures a few of these shortly and writes the best into the case, where it stays. Figures of
different shapes are never compared.
"""

from __future__ import annotations

import math

from kernels.kernel import Shape

# Best shapes of a published sweep per card (stas00/ml-engineering @744d01e, MAMF version 2,
# normal data). The first name that a device's name holds is taken.
_PUBLISHED: dict[str, tuple[tuple[tuple[str, ...], Shape], ...]] = {
    "bf16": (
        (("GB200",), (4096, 9728, 2048)),
        (("B200",), (1792, 16128, 3072)),
        (("B300",), (12288, 18432, 1024)),
        (("GH200",), (1024, 15360, 4096)),
        (("H100", "H200", "H800"), (2048, 2048, 13312)),
        (("A100-SXM", "A800-SXM"), (1024, 10240, 5120)),
        (("A100", "A800"), (2048, 5120, 6144)),
        (("MI355X",), (12288, 8192, 8192)),
        (("MI325X",), (13312, 10240, 8192)),
        (("MI300X",), (10240, 15360, 8192)),
    ),
    "fp8": (
        (("GB200",), (19456, 5120, 1536)),
        (("B200",), (15360, 4096, 3072)),
        (("B300",), (3072, 6144, 7168)),
        (("GH200",), (1024, 14336, 14336)),
        (("H200",), (1280, 4096, 12032)),
        (("H100", "H800"), (1024, 9216, 14336)),
    ),
}
_AS = {"fp16": "bf16", "int8": "fp8"}
"""Formats of the same width take the same tiles."""
# K = 32 K' + 128 avoids the memory channels that powers of two pile up on (AMD's MAF method).
_NARROW: tuple[Shape, ...] = ((8192, 8192, 8192), (4096, 4096, 8320), (16384, 8192, 4224))
_WIDE: tuple[Shape, ...] = ((4096, 4096, 4096), (8192, 8192, 4224))


_TILE = (128, 256)
"""Rows and columns of the result that one block of the libraries' large kernels makes."""
_WAVES = ((1, 13312), (2, 8320), (4, 4224))
"""Blocks a multiprocessor, and K: so that operands and result keep about the same size."""


def candidate_shapes(
    device_name: str, precision: str, multiprocessors: int | None = None
) -> tuple[Shape, ...]:
    """A short list for this card: the published best one, some that fill any card, and some whose
    blocks are a whole number a multiprocessor of this one.

    `device_name` is what the driver prints.
    """
    wide = precision in ("fp64", "fp32", "tf32")
    general = _WIDE if wide else _NARROW
    fitted = () if wide or multiprocessors is None else whole_waves(multiprocessors)
    for names, shape in _PUBLISHED.get(_AS.get(precision, precision), ()):
        if any(name in device_name for name in names):
            return (shape, *general, *fitted)
    return (*general, *fitted)


def whole_waves(multiprocessors: int) -> tuple[Shape, ...]:
    """Shapes that leave no multiprocessor idle while the last blocks are computed.

    132 of them make 2 waves of 24 x 11 tiles: 24 * 11 = 264.

    >>> whole_waves(132)[1]
    (3072, 2816, 8320)
    """
    return tuple((*_most_square(multiprocessors * waves), k) for waves, k in _WAVES)


def _most_square(blocks: int) -> tuple[int, int]:
    """Rows and columns of a result of so many tiles: the nearer to a square, the less is read."""
    results = [
        (rows * _TILE[0], blocks // rows * _TILE[1])
        for rows in range(1, blocks + 1)
        if blocks % rows == 0
    ]
    return min(results, key=lambda result: abs(math.log(result[0] / result[1])))
