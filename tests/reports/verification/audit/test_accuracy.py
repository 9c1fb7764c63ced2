"""Results that another precision gave, or none."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from kernels.fma import data
from kernels.fma.formats import FORMATS
from kernels.gemm.check import BANDS as KERNEL_BANDS
from reports.performance.subject import Subject
from reports.verification.audit import audit
from reports.verification.audit.accuracy import BANDS


@pytest.mark.parametrize(
    ("metric", "error", "tolerance", "rules"),
    [
        pytest.param("cpu.matrix.fp32", 2.9e-4, 1e-3, {"WRK-003"}, id="TF32 sold as FP32"),
        pytest.param("cpu.matrix.fp64", 2e-7, 3e-6, {"WRK-003"}, id="FP32 sold as FP64"),
        pytest.param("cpu.matrix.fp32", 2e-7, 1.0, {"WRK-003"}, id="a tolerance of one's own"),
        pytest.param("cpu.matrix.fp32", -1.0, 3e-6, {"WRK-003", "WRK-004"}, id="below zero"),
        pytest.param("cpu.matrix.fp32", 0.0, 3e-6, {"WRK-004"}, id="zeros multiplied"),
        pytest.param("cpu.matrix.fp32", 2.9e-6, 3e-6, set(), id="just below the limit"),
        pytest.param("cpu.vector.fp32", 1e-7, 1e-6, {"WRK-003"}, id="not fused"),
        pytest.param("cpu.vector.fp64", 1e-6, 1e-5, {"WRK-003"}, id="FP32 chains sold as FP64"),
        pytest.param("memory.copy", 1e-9, 1e-8, {"WRK-003"}, id="not all was copied"),
    ],
)
def test_an_error_that_the_precision_does_not_explain_is_noticed(
    forge: Callable[..., Evidence], metric: str, error: float, tolerance: float, rules: set[str]
) -> None:
    forged = forge(metric, outcome=lambda o: replace(o, error=error, tolerance=tolerance))

    assert {f.rule for f in audit(Subject(forged))} == rules


def test_the_bands_are_those_that_the_kernel_is_held_to() -> None:
    assert BANDS == KERNEL_BANDS


@pytest.mark.parametrize(("precision", "fused"), [("fp64", True), ("fp64", False), ("fp32", False)])
def test_no_honest_tolerance_of_the_vector_kernel_is_refused(
    forge: Callable[..., Evidence], precision: str, fused: bool
) -> None:
    passes = -(-2_000_000 // (2 * 12))
    tolerance = data.tolerance(FORMATS[precision], passes, fused=fused)
    metric = f"cpu.vector.{precision}"

    forged = forge(
        metric,
        case=None if fused else lambda c: replace(c, implementation="numba-portable"),
        outcome=lambda o: replace(o, error=tolerance, tolerance=tolerance),
    )

    assert "WRK-003" not in {f.rule for f in audit(Subject(forged))}
