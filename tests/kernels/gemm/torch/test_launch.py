"""The products of accelerators, on torch's CPU device."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from kernels import gemm
from kernels.gemm import check
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

SHAPE = (80, 48, 64)
NARROW = ["bf16", "fp16", "fp8", "int8"]


def asked(precision: str, device: str = "cpu") -> Request:
    return Request("torch", PRECISIONS[precision], SHAPE, 7, Place(device, (0,)))


@pytest.fixture
def launch():  # type: ignore[no-untyped-def]
    """Make launches and close them, so that threads and affinity are given back."""
    from kernels.gemm.torch.launch import TorchLaunch

    made = []

    def make(precision: str, sets: int = 2) -> TorchLaunch:
        made.append(TorchLaunch(asked(precision), sets))
        return made[-1]

    yield make
    for each in reversed(made):  # each gives back the CPUs that it found
        each.close()


@pytest.mark.parametrize("precision", ["fp64", "fp32", *NARROW])
def test_the_error_lies_within_the_band_of_its_precision(launch: Any, precision: str) -> None:
    made = launch(precision)
    made.run()
    low, high = check.BANDS[precision]

    assert low <= made.error() <= high == made.tolerance


@pytest.mark.parametrize(
    ("claimed", "rounded_to"),
    [("fp32", "tf32"), ("fp32", "bf16"), ("fp32", "fp16"), ("fp64", "fp32"), ("bf16", "fp8")],
)
def test_a_narrower_format_in_place_of_the_claimed_one_is_caught(
    launch: Any, claimed: str, rounded_to: str
) -> None:
    made = launch(claimed)
    for each in made._operands:
        for matrix in (each.left, each.right):
            matrix.copy_(narrowed(matrix, rounded_to))
    made.run()

    assert not (made.error() <= made.tolerance)


def narrowed(matrix: Any, precision: str) -> Any:
    """Operands as a narrower format would hold them; TF32 keeps 10 bits of fraction."""
    if precision == "tf32":
        bits = matrix.view(torch.int32) + 0x1000
        return (bits & ~0x1FFF).view(torch.float32)
    form = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
    return matrix.to(form.get(precision, torch.float8_e4m3fn)).to(matrix.dtype)


def test_e5m2_in_place_of_e4m3_is_caught(launch: Any) -> None:
    made = launch("fp8")
    for each in made._operands:
        for matrix in (each.left, each.right):
            matrix.copy_(matrix.float().to(torch.float8_e5m2).float())
    made.run()

    assert not (made.error() <= made.tolerance)


def test_tf32_that_is_really_fp32_is_caught(launch: Any) -> None:
    made = launch("tf32")
    assert made.error() == float("inf")
    for each in made._operands:
        for matrix in (each.left, each.right):
            matrix.copy_(narrowed(matrix, "tf32"))
    made.run()

    low, high = check.BANDS["tf32"]
    assert low <= made.error() <= high


@pytest.mark.parametrize("precision", ["fp32", *NARROW])
@pytest.mark.parametrize("index", [0, 1])
def test_one_wrong_element_of_any_set_is_caught(launch: Any, precision: str, index: int) -> None:
    made = launch(precision)
    made.run()
    made._products[index][77, 5] += 100

    assert not (made.error() <= made.tolerance)


def test_a_product_that_is_not_a_number_is_caught(launch: Any) -> None:
    made = launch("bf16")
    made._products[1][3, 3] = float("nan")

    assert not (made.error() <= made.tolerance)


def test_every_set_has_operands_of_its_own_and_equal_seeds_give_equal_ones(launch: Any) -> None:
    first, again = launch("fp32"), launch("fp32")
    lefts = [each.left for each in first._operands]

    assert torch.equal(lefts[0], again._operands[0].left)
    assert not torch.any(lefts[0] == lefts[1])
    assert not torch.any(lefts[0][:64, :48] == first._operands[0].right)


def test_the_work_is_that_of_all_products(launch: Any) -> None:
    m, n, k = SHAPE
    fp8, int8 = launch("fp8", sets=3).work, launch("int8", sets=1).work

    # 8-bit operands, and a result of 2 bytes for FP8, of 4 for INT8.
    assert fp8.ops == 3 * 2 * m * n * k
    assert fp8.bytes_moved == 3 * (k * (m + n) + 2 * m * n)
    assert (int8.ops, int8.bytes_moved) == (2 * m * n * k, k * (m + n) + 4 * m * n)


def test_a_launch_of_an_accelerator_multiplies_as_often_as_its_work_says(
    monkeypatch: pytest.MonkeyPatch, launch: Any
) -> None:
    """More work than was done would be a rate that nobody reached."""
    from kernels.gemm.torch.formats import TorchFormat
    from kernels.gemm.torch.launch import TorchLaunch

    counted: list[int] = []
    honest = TorchFormat.times

    def times(form: TorchFormat, operands: Any, product: Any) -> None:
        counted.append(id(product))
        honest(form, operands, product)

    monkeypatch.setattr(TorchLaunch, "_sets_and_rounds", lambda self, one, sets: (3, 4))
    made = launch("bf16")
    monkeypatch.setattr(TorchFormat, "times", times)
    made.run()

    m, n, k = SHAPE
    assert made.work.ops == len(counted) * 2 * m * n * k == 12 * 2 * m * n * k
    # Sets take turns: what comes next was not used just now.
    assert len(set(counted)) == 3
    assert counted == counted[:3] * 4


def test_tf32_is_on_for_tf32_alone(launch: Any) -> None:
    assert launch("tf32").executed["tf32"] == "on"
    assert torch.backends.cuda.matmul.allow_tf32
    assert launch("fp32").executed["tf32"] == "off"
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction


def test_what_is_summed_in_is_recorded(launch: Any) -> None:
    recorded = {name: launch(name).executed["accumulation"] for name in ("fp16", "fp8", "int8")}

    assert recorded["fp16"] == "float32"
    assert recorded["fp8"].startswith("fast")
    assert recorded["int8"] == "int32"


def test_the_rounding_of_narrow_operands_is_recorded(launch: Any) -> None:
    for precision in ("bf16", "fp16", "fp8"):
        assert launch(precision).executed["rounding"].startswith("to nearest, ties to even, once")
    assert "rounding" not in launch("fp32").executed


def test_scaled_operands_use_the_whole_range_of_their_format(launch: Any) -> None:
    fp8 = launch("fp8")._operands[0]
    int8 = launch("int8")._operands[0]

    # The scale is a power of two, lest dividing by it rounds as well.
    assert 224 <= float(fp8.left.float().abs().max()) <= 448
    assert math.frexp(float(fp8.left_scale))[0] == 0.5
    assert 100 < int(int8.left.abs().max()) <= 127
    # B lies column by column.
    assert (fp8.right.stride(), int8.right.stride()) == ((1, 64), (1, 64))


def cuda(monkeypatch: pytest.MonkeyPatch, **properties: Any) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda device: SimpleNamespace(**properties)
    )


@pytest.mark.parametrize(
    ("name", "capability", "without"),
    [
        ("Tesla V100-SXM2-16GB", (7, 0), {"tf32", "bf16", "fp8", "int8"}),
        ("Tesla T4", (7, 5), {"tf32", "bf16", "fp8"}),
        ("NVIDIA A100-SXM4-80GB", (8, 0), {"fp8"}),
        ("NVIDIA L4", (8, 9), set()),
        ("NVIDIA H100 80GB HBM3", (9, 0), set()),
    ],
)
def test_a_cuda_device_is_asked_for_the_formats_that_it_has(
    monkeypatch: pytest.MonkeyPatch, name: str, capability: tuple[int, int], without: set[str]
) -> None:
    cuda(monkeypatch, name=name, major=capability[0], minor=capability[1])
    refused = {
        precision: reason
        for precision in ("fp64", "fp32", "tf32", *NARROW)
        if (reason := gemm.refuses(asked(precision, "cuda:0"))) is not None
    }

    assert set(refused) == without
    assert all(reason.startswith(f"{name} has no ") for reason in refused.values())


@pytest.mark.parametrize(
    ("architecture", "without"), [("gfx90a:sramecc+", {"tf32", "fp8"}), ("gfx942", {"tf32"})]
)
def test_an_amd_device_is_asked_for_the_formats_that_it_has(
    monkeypatch: pytest.MonkeyPatch, architecture: str, without: set[str]
) -> None:
    monkeypatch.setattr(torch.version, "hip", "7.0")
    cuda(monkeypatch, name="AMD Instinct", gcnArchName=architecture, major=9, minor=0)
    precisions = ("fp64", "fp32", "tf32", *NARROW)

    refused = {p for p in precisions if gemm.refuses(asked(p, "cuda:0")) is not None}
    assert refused == without


def test_the_fp8_of_cdna_3_has_its_own_type(monkeypatch: pytest.MonkeyPatch) -> None:
    from kernels.gemm.torch import formats

    device = torch.device("cuda", 0)
    assert formats.of("fp8", device).stored == torch.float8_e4m3fn
    monkeypatch.setattr(torch.version, "hip", "7.0")
    cuda(monkeypatch, gcnArchName="gfx942:sramecc+")
    assert formats.of("fp8", device).stored == torch.float8_e4m3fnuz
    cuda(monkeypatch, gcnArchName="gfx950")
    assert formats.of("fp8", device).stored == torch.float8_e4m3fn


def test_other_vendors_are_asked_for_what_all_have(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = SimpleNamespace(is_available=lambda: True, device_count=lambda: 8)
    monkeypatch.setattr(torch, "xpu", backend)

    assert gemm.refuses(asked("bf16", "xpu:7")) is None
    assert gemm.refuses(asked("fp8", "xpu:0")) == "fp8 products are not known to be native on xpu"


@pytest.mark.parametrize("precision", ["tf32", "fp8", "int8"])
def test_formats_of_accelerators_are_refused_on_the_cpu_before_anything_is_multiplied(
    monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    monkeypatch.setattr("kernels.gemm.torch.refusal.cpu_features", lambda: pytest.fail("asked"))
    wanted = f"{precision} products of torch are not native on the CPU, on accelerators only"
    assert gemm.refuses(asked(precision)) == wanted


@pytest.mark.parametrize("shape", [(16, 96, 256), (160, 100, 256), (160, 96, 250)])
@pytest.mark.parametrize("precision", ["fp8", "int8"])
def test_8_bit_products_are_refused_for_shapes_that_the_libraries_lack(
    precision: str, shape: tuple[int, ...]
) -> None:
    reason = gemm.refuses(replace(asked(precision, "cuda:0"), shape=shape))
    assert str(reason).endswith(f"found {shape}")


def test_operands_that_the_device_cannot_hold_are_a_memory_error(
    monkeypatch: pytest.MonkeyPatch, launch: Any
) -> None:
    def full(*sizes: object, **options: object) -> None:
        raise torch.cuda.OutOfMemoryError("tried to allocate 3 TiB")

    monkeypatch.setattr(torch, "zeros", full)
    with pytest.raises(MemoryError, match="3 TiB"):
        launch("bf16")
