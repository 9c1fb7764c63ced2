"""FP32 is FP32 whatever torch was told before, and what it was told is given back."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kernels.gemm import check
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

SINCE_2_9 = ("fp32_precision", "cuda.matmul.fp32_precision", "mkldnn.matmul.fp32_precision")


def state() -> list[Any]:
    values: list[Any] = []
    for path in (*SINCE_2_9, "cuda.matmul.allow_fp16_reduced_precision_reduction"):
        holder, _, name = path.rpartition(".")
        values.append(getattr(of(holder), name, None))
    try:
        return [*values, torch.get_float32_matmul_precision()]
    except RuntimeError:
        return [*values, "mixed"]


def of(holder: str) -> Any:
    found = torch.backends
    for name in filter(None, holder.split(".")):
        found = getattr(found, name)
    return found


def tell(path: str, value: object) -> None:
    holder, _, name = path.rpartition(".")
    if not hasattr(of(holder), name):
        pytest.skip(f"torch {torch.__version__} has no {path}")
    setattr(of(holder), name, value)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    torch.set_float32_matmul_precision("highest")
    for path in SINCE_2_9:
        if hasattr(of(path.rpartition(".")[0]), "fp32_precision"):
            tell(path, "none")
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = True


def multiplied() -> tuple[float, dict[str, str]]:
    """The error of an FP32 product, large enough for the library's fastest way."""
    from kernels.gemm.torch.launch import TorchLaunch

    request = Request("torch", PRECISIONS["fp32"], (256, 256, 256), 7, Place("cpu", (0,)))
    launch = TorchLaunch(request)
    try:
        return launch.error(), dict(launch.executed)
    finally:
        launch.close()


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"fp32_precision": "bf16"},
        {"fp32_precision": "tf32"},
        {"mkldnn.matmul.fp32_precision": "bf16"},
        {"cuda.matmul.fp32_precision": "tf32"},
        {"cuda.matmul.fp32_precision": "tf32", "mkldnn.matmul.fp32_precision": "bf16"},
        {"cuda.matmul.allow_tf32": True},
        {"cuda.matmul.allow_fp16_reduced_precision_reduction": True},
    ],
    ids=str,
)
def test_fp32_is_fp32_and_every_switch_is_given_back(told: dict[str, object]) -> None:
    for path, value in told.items():
        tell(path, value)
    before = state()
    error, executed = multiplied()

    low, high = check.BANDS["fp32"]
    assert low <= error <= high
    assert state() == before
    if told.get("mkldnn.matmul.fp32_precision"):
        assert "mkldnn.matmul.fp32_precision=bf16" in executed["fp32 was set to"]


@pytest.mark.parametrize("told", ["medium", "high", "highest"])
def test_torch_s_word_for_all_products_is_overruled_and_recorded(told: str) -> None:
    torch.set_float32_matmul_precision(told)
    before = state()
    error, executed = multiplied()

    assert error <= check.BANDS["fp32"][1]
    assert executed["fp32 was set to"].split(", ")[0] == told
    assert state() == before


def test_hf32_of_ascend_is_off_while_a_product_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kernels.gemm.torch.switches import AsClaimed

    npu = SimpleNamespace(matmul=SimpleNamespace(allow_hf32=True))
    monkeypatch.setattr(torch, "npu", npu, raising=False)

    switches = AsClaimed(tf32=False)
    assert npu.matmul.allow_hf32 is False
    assert "npu.matmul.allow_hf32=True" in switches.found
    switches.release()
    assert npu.matmul.allow_hf32 is True


def test_a_torch_without_a_switch_is_not_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from kernels.gemm.torch.switches import AsClaimed

    monkeypatch.setattr(torch.backends.cuda, "matmul", SimpleNamespace(allow_tf32=True))
    AsClaimed(tf32=False).release()
    assert vars(torch.backends.cuda.matmul) == {"allow_tf32": True}
