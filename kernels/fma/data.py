"""Seeded operands of the multiply-add chains, and their exact results.

Floating chains: x <- a x + b, then x <- c x + d, with a in (-1, -5/8] and a c = 1 - 1/`SLOWNESS`,
each pair drawn for its own lane, and b, d such that every x stays in [1, 2) around 1.5. So nothing
grows, vanishes or stands still, and every mantissa bit is at work. With x in [1, 2) a product and
its sum fit into binary64 for formats up to binary32, so that the emulation rounds exactly once a
step, as a fused multiply-add does: the result must agree to the bit. For binary64 each emulated
step may round twice.

Dot products of bf16: the second step takes away what the first one added, but for a drift of a
few units, all multiples of 2**-14 below 2**10: exact in binary32 in any order of summation.
Dot products of int8: integers modulo 2**32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.codegen.jit import compiled
from kernels.fma.formats import Format
from kernels.runtime.memory import aligned

Array = np.ndarray[Any, Any]

FRACTION_BITS = {"fp16": 10, "fp32": 23, "fp64": 52}
SLOWNESS = {"fp16": 2.0**6, "fp32": 2.0**14, "fp64": 2.0**14}
"""Passes in which a chain comes nearer to 1.5 by a factor e: far more than one rounding step."""


@dataclass(frozen=True, slots=True)
class Chains:
    """Inputs of one launch: the same for every chunk and every worker."""

    operands: Array
    """Vectors p, q of the first step and p, q of the second."""
    starts: Array
    """Accumulators before the first step, one row a chain."""


def draw(form: Format, chains: int, lanes: int, seed: int) -> Chains:
    """Random operands and starts for `chains` vectors of `lanes` accumulators."""
    random = np.random.default_rng(seed)
    operands = aligned((4, lanes * form.products), form.operand)
    starts = aligned((chains, lanes), form.accumulator)
    match form.name:
        case "bf16":
            operands[:] = _bf16_operands(random, lanes)
            starts[:] = random.integers(-(2**14), 2**14, starts.shape) / 2.0**14
        case "int8":
            operands[:] = random.integers(-128, 128, operands.shape)
            starts[:] = random.integers(-(2**31), 2**31, starts.shape)
        case _:
            a = -random.uniform(0.625, 0.99, lanes).astype(form.operand)
            c = ((1 - 1 / SLOWNESS[form.name]) / a.astype(float)).astype(form.operand)
            operands[:] = a, 1.5 - 1.5 * a.astype(float), c, 1.5 - 1.5 * c.astype(float)
            starts[:] = random.uniform(1.05, 1.95, starts.shape)
    return Chains(operands, starts)


def expected(form: Format, chains: Chains, passes: int) -> Array:
    """The accumulators after `passes` passes, computed without a fused multiply-add."""
    match form.name:
        case "bf16":
            p, q, r, s = (chains.operands.astype(np.uint32) << 16).view(np.float32).astype(float)
            drift = (p * q + r * s).reshape(-1, 2).sum(axis=1)
            result = chains.starts + passes * drift
        case "int8":
            # The instruction takes its first operand unsigned and its second signed.
            p, r = chains.operands[::2].view(np.uint8).astype(np.int64)
            q, s = chains.operands[1::2].astype(np.int64)
            step = (p * q + r * s).reshape(-1, 4).sum(axis=1)
            result = (chains.starts + passes * step).astype(np.uint32).view(np.int32)
        case _:
            result = _rounded_chains(form, chains, passes)
    return np.asarray(result, form.accumulator)


def tolerance(form: Format, passes: int, *, fused: bool) -> float:
    """Largest deviation that rounding explains: none where the emulation is exact.

    Otherwise a step of either side errs by at most one unit in the last place, and no step
    amplifies the error of those before: |a c| < 1, and |c| < 1.6 within a pass.
    """
    exact = fused and form.name != "fp64"
    return 0.0 if exact else 2 * 2 * 1.6 * passes * 2.0 ** -FRACTION_BITS[form.name]


def _bf16_operands(random: np.random.Generator, lanes: int) -> Array:
    # Bits of numbers in [1, 2): sign 0, exponent 127, seven bits of fraction.
    fraction = random.integers(1, 127, (2, 2 * lanes))
    # Two neighbouring factors differ, so that the drift of no lane is 0.
    fraction[0, 1::2] = (fraction[0, ::2] + random.integers(1, 100, lanes)) % 128
    p, q = 0x3F80 + fraction
    less = q + np.tile([1, -1], lanes)
    return np.stack([p, q, p, 0x8000 + less])


def _rounded_chains(form: Format, chains: Chains, passes: int) -> Array:
    a, b, c, d = chains.operands.astype(float)
    x = chains.starts.astype(float)
    # Adding and taking away 1.5 * 2**(52 - bits) rounds [1, 2) to that many bits, ties to even.
    bits = FRACTION_BITS[form.name]
    shift = 0.0 if bits == 52 else 1.5 * 2.0 ** (52 - bits)
    _advance(x, a, b, c, d, shift, passes)
    return x


@compiled
def _advance(x: Array, a: Array, b: Array, c: Array, d: Array, shift: float, passes: int) -> None:
    for _ in range(passes):
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                first = x[i, j] * a[j] + b[j] + shift - shift
                x[i, j] = first * c[j] + d[j] + shift - shift
