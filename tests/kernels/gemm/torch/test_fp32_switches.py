"""FP32 is FP32 whatever torch was told before, and torch is as it was afterwards."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from kernels.gemm import KERNEL, check  # noqa: E402
from kernels.gemm.torch import fp32_switches  # noqa: E402
from kernels.gemm.torch.fp32_switches import as_claimed, found  # noqa: E402
from kernels.kernel import Place, Request  # noqa: E402
from kernels.precision import PRECISIONS  # noqa: E402

NEW = hasattr(torch.backends.mkldnn, "matmul")
ASKED = Request("torch", PRECISIONS["fp32"], (256, 256, 256), 7, Place("cpu", (0,)))


def medium() -> None:
    torch.set_float32_matmul_precision("medium")


def bf16_by_onednn() -> None:
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"


def tf32_by_cublas() -> None:
    torch.backends.cuda.matmul.fp32_precision = "tf32"


def the_oldest() -> None:
    torch.backends.cuda.matmul.allow_tf32 = True


WORST = [medium, the_oldest, *([bf16_by_onednn, tf32_by_cublas] if NEW else [])]


@pytest.fixture(autouse=True)
def _as_before():  # type: ignore[no-untyped-def]
    yield
    torch.set_float32_matmul_precision("highest")


@pytest.mark.parametrize("switch", WORST)
def test_an_fp32_product_is_one_and_what_was_set_is_recorded(switch) -> None:  # type: ignore[no-untyped-def]
    switch()
    set_before = found()
    assert set_before
    launch = KERNEL.prepare(ASKED)
    try:
        launch.run()
        low, high = check.BANDS["fp32"]
        assert low <= launch.error() <= high
        told = {k: v for k, v in launch.executed.items() if k.startswith("found ")}
        assert told == {f"found {name}": value for name, value in set_before.items()}
    finally:
        launch.close()

    assert found() == set_before


def test_of_a_clean_process_nothing_is_recorded() -> None:
    launch = KERNEL.prepare(ASKED)
    try:
        assert not [name for name in launch.executed if name.startswith("found ")]
    finally:
        launch.close()


def test_tf32_is_on_where_it_is_claimed_and_off_afterwards() -> None:
    with as_claimed(tf32=True):
        assert torch.get_float32_matmul_precision() == "high"
    assert torch.get_float32_matmul_precision() == "highest"


def test_hf32_of_ascend_is_off_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    npu = SimpleNamespace(allow_hf32=True)
    monkeypatch.setattr(fp32_switches, "_npu", lambda: npu)

    with as_claimed(tf32=False) as before:
        assert npu.allow_hf32 is False
        assert before["npu.matmul.allow_hf32"] == "True"
    assert npu.allow_hf32 is True
