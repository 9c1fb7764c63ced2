"""The face of gemm and its library implementations, on the CPU."""

import os
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from kernels import gemm
from kernels.gemm import check
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

CPUS = tuple(sorted(os.sched_getaffinity(0)))
torch_only = pytest.mark.torch
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
LIBRARIES = [
    ("numpy", "fp32"),
    ("numpy", "fp64"),
    pytest.param("torch", "fp32", marks=(torch_only, needs_torch)),
    pytest.param("torch", "fp64", marks=(torch_only, needs_torch)),
    pytest.param("torch", "bf16", marks=(torch_only, needs_torch)),
]


def request(
    implementation: str = "numpy",
    precision: str = "fp32",
    shape: tuple[int, ...] = (130, 70, 90),
    device: str = "cpu",
    cpus: tuple[int, ...] = CPUS,
) -> Request:
    return Request(implementation, PRECISIONS[precision], shape, 7, Place(device, cpus))


@pytest.mark.parametrize(("implementation", "precision"), LIBRARIES)
def test_the_error_lies_within_the_band_of_its_precision(
    implementation: str, precision: str
) -> None:
    low, high = check.BANDS[precision]
    launch = gemm.prepare(request(implementation, precision))
    launch.run()
    assert low <= launch.error() <= high
    assert launch.tolerance == high
    launch.close()


@pytest.mark.parametrize(("implementation", "precision"), LIBRARIES)
def test_it_runs_on_exactly_the_cpus_of_the_place_and_gives_the_others_back(
    implementation: str, precision: str
) -> None:
    before = os.sched_getaffinity(0)
    launch = gemm.prepare(request(implementation, precision, cpus=CPUS[-1:]))
    confined = {frozenset(os.sched_getaffinity(int(t))) for t in os.listdir("/proc/self/task")}
    assert confined == {frozenset(CPUS[-1:])}
    assert launch.executed["threads"] == "1"
    launch.close()
    assert os.sched_getaffinity(0) == before


def test_numpy_says_which_blas_and_which_core_type_ran() -> None:
    launch = gemm.prepare(request())
    assert launch.executed["library"] == f"numpy {np.__version__}"
    assert launch.executed["accumulation"] == "float32"
    assert launch.executed["threads"] == str(len(CPUS))
    assert {"blas", "dispatched"} <= set(launch.executed)
    launch.close()


@torch_only
@needs_torch
def test_torch_keeps_fp32_whole_and_says_so() -> None:
    import torch

    torch.set_float32_matmul_precision("medium")
    launch = gemm.prepare(request("torch"))
    assert torch.get_float32_matmul_precision() == "highest"
    assert launch.executed["tf32"] == "off"
    assert launch.executed["library"] == f"torch {torch.__version__}"
    launch.close()


def test_the_work_is_counted_from_the_shape() -> None:
    launch = gemm.prepare(request(shape=(3, 5, 7)))
    assert launch.work.ops == 2 * 3 * 5 * 7
    assert launch.work.bytes_moved == 4 * (3 * 7 + 7 * 5 + 3 * 5)
    launch.close()


def test_a_request_that_cannot_run_is_refused_with_its_reason() -> None:
    assert gemm.refuses(request()) is None
    assert "no implementation 'numpy' for bf16" in str(gemm.refuses(request(precision="bf16")))
    assert "no implementation 'abacus'" in str(gemm.refuses(request("abacus")))
    assert "positive sizes, found (4, 0, 4)" in str(gemm.refuses(request(shape=(4, 0, 4))))
    assert "positive sizes, found (4, 4)" in str(gemm.refuses(request(shape=(4, 4))))
    assert "numpy computes on the CPU only" in str(gemm.refuses(request(device="cuda:0")))


def test_without_torch_the_refusal_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernels.gemm.torch.refusal.find_spec", lambda name: None)
    reason = gemm.refuses(request("torch"))
    assert reason == "torch is not installed; pip install '.[gpu]'"


@needs_torch
def test_fp16_is_refused_where_the_processor_does_not_compute_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kernels.gemm.torch.refusal.cpu_features", lambda: {"avx512f", "f16c"})
    assert "not native on this CPU" in str(gemm.refuses(request("torch", "fp16")))


@torch_only
@needs_torch
def test_fp16_is_refused_where_torch_has_no_kernel_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr("kernels.gemm.torch.refusal.cpu_features", lambda: {"avx512fp16"})
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_fp16_supported", lambda: False, raising=False)
    assert "has no FP16 kernels" in str(gemm.refuses(request("torch", "fp16")))


@torch_only
@needs_torch
def test_a_device_that_torch_does_not_find_is_refused() -> None:
    reason = gemm.refuses(request("torch", device="abacus:0"))
    assert str(reason).endswith("finds no abacus device")


@torch_only
@needs_torch
def test_fp16_fits_its_band_where_it_is_native() -> None:
    asked = request("torch", "fp16")
    if (reason := gemm.refuses(asked)) is not None:
        pytest.skip(reason)
    launch = gemm.prepare(asked)
    low, high = check.BANDS["fp16"]
    assert low <= launch.error() <= high
    launch.close()


def test_equal_seeds_give_equal_operands_and_others_do_not() -> None:
    first, again = (gemm.prepare(request()) for _ in range(2))
    other = gemm.prepare(replace(request(), seed=8))
    products = [launch._c for launch in (first, again, other)]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(products[0], products[1])
    assert not np.any(products[0] == products[2])
    for launch in (other, again, first):
        launch.close()
