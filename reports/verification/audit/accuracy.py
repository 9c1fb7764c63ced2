"""Results as far from the exact ones as the claimed precision leaves them, and no nearer.

A run in fewer bits shows in its error, whatever it is called: FP32 leaves 3e-7, TF32 3e-4.
"""

from collections.abc import Iterator
from math import ceil

from bench.evidence.plan import KernelCase
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import kernels, place

BANDS = {
    "fp64": (1.9e-17, 5.6e-15),
    "fp32": (1e-8, 3e-6),
    "tf32": (5e-5, 1e-3),
    "fp16": (5e-5, 1e-3),
    "bf16": (5e-4, 1e-2),
    "fp8": (1e-2, 5.2e-2),
    "int8": (0.0, 0.0),
}
"""RMS error over sqrt(k) of a product of unit-normal operands, from below and above: the bands
that the kernel is held to, stated again, because a bundle states its own tolerance."""
MIN_PRODUCTS = 1 << 16
"""Below so many elements of a result its error may be small by chance."""
UNITS = {"fp64": 2.0**-52, "fp32": 2.0**-23, "fp16": 2.0**-10}
"""One unit in the last place of a number in [1, 2)."""
TRIAD = 2.0**-50


def _within(subject: Subject) -> Iterator[Objection]:
    for case, outcome in kernels(subject):
        allowed = _tolerance(case)
        if allowed is None:
            continue
        if not 0 <= outcome.error <= allowed:
            yield (
                place(outcome),
                f"an error of {outcome.error:.3g} is not one of {case.kernel} in {case.precision}, "
                f"which leaves {allowed:.3g} at the most",
            )
        elif outcome.tolerance > allowed:
            yield (
                place(outcome),
                f"a tolerance of {outcome.tolerance:.3g}; {case.kernel} in {case.precision} "
                f"has {allowed:.3g}",
            )


def _tolerance(case: KernelCase) -> float | None:
    """The largest error that the precision explains; None for a kernel that is not known here."""
    match case.kernel:
        case "gemm":
            return BANDS[case.precision][1] if case.precision in BANDS else None
        case "fma" if case.implementation != "numba-portable" and case.precision != "fp64":
            return 0.0
        case "fma" if case.precision in UNITS and len(case.shape) == 2:
            # At most 1.6 units a step, two steps a pass on either side, two vectors or more.
            return 6.4 * ceil(case.shape[1] / 4) * UNITS[case.precision]
        case "stream.triad":
            return TRIAD
        case kernel if kernel.startswith(("stream.", "transfer.", "chase", "ladder")):
            return 0.0
        case _:
            return None


def _not_better(subject: Subject) -> Iterator[Objection]:
    for case, outcome in kernels(subject):
        if case.kernel != "gemm" or case.precision not in BANDS:
            continue
        least = BANDS[case.precision][0]
        large = len(case.shape) == 3 and case.shape[0] * case.shape[1] >= MIN_PRODUCTS
        if large and outcome.error < least:
            yield (
                place(outcome),
                f"an error of {outcome.error:.3g} is less than {case.precision} leaves of random "
                f"operands ({least:.3g}): they were not random, or the error is not that of "
                "this result",
            )


RULES = (
    Rule("WRK-003", Severity.CRITICAL, "The error fits the claimed precision", _within),
    Rule("WRK-004", Severity.CRITICAL, "The error is that of random operands", _not_better),
)
