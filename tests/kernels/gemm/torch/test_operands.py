"""How many sets of operands take turns on an accelerator, and how long a launch is made."""

from types import SimpleNamespace
from typing import Any

import pytest

from kernels.precision import PRECISIONS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize("set_bytes", [1, 1 << 20, 100 << 20, 256 << 20, 512 << 20, 4 << 30])
def test_all_sets_together_outgrow_twice_the_largest_cache(set_bytes: int) -> None:
    from kernels.gemm.torch.operands import count

    needed = count(set_bytes)
    assert needed * set_bytes > 512 << 20
    # One less would not do.
    assert (needed - 1) * set_bytes <= 512 << 20


@pytest.mark.parametrize(("precision", "wanted"), [("fp64", 1e12), ("fp32", 1e12), ("bf16", 2e13)])
def test_a_launch_of_an_accelerator_is_long_and_outgrows_every_cache(
    precision: str, wanted: float
) -> None:
    from kernels.gemm import work
    from kernels.gemm.torch import formats, operands
    from kernels.gemm.torch.launch import TorchLaunch

    shape = (4096, 4096, 8320)
    device = torch.device("cuda", 0)
    form = formats.of(precision, device)
    asking: Any = SimpleNamespace(_device=device, _shape=shape, _format=form, _precision=precision)
    one = work(shape, PRECISIONS[precision], PRECISIONS[form.result])
    sets, rounds = TorchLaunch._sets_and_rounds(asking, one, None)

    held = sets * operands.set_bytes(shape, form.stored, form.product)
    assert 512 << 20 < held < 1 << 31
    assert rounds >= 1
    assert sets * rounds * one.ops == pytest.approx(wanted, rel=0.5)
