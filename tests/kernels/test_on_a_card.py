"""Every kernel on a real CUDA GPU at a small size; skipped with the reason where there is none.

What only hardware can show: that the libraries take our operands and give the right result, that
an error is caught there too, that nothing is allocated once the clock runs, and that the kernels
of numba-cuda and the events of torch are of one stream.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kernels import KERNELS
from kernels.gemm import check
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

pytestmark = [
    pytest.mark.cuda,
    # A library of the node that warns is no fault of ours.
    pytest.mark.filterwarnings("default"),
]
GEMM = ("fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8")
FMA = ("fp32", "fp64", "fp16")
CHAINS = [*(("fma", precision) for precision in FMA), ("fma.f32x2", "fp32")]
STREAMS = ("read", "write", "copy", "copy.elementwise", "triad")
TRANSFERS = ("h2d", "d2h", "both", "p2p")
WAYS = {
    "fma": "numba-cuda",
    "fma.f32x2": "numba-cuda-f32x2",
    "stream.copy.elementwise": "torch-elementwise",
}
SIZE = 16 << 20
CPUS = tuple(sorted(os.sched_getaffinity(0)))
ELEMENTS = 4 << 20


@pytest.fixture(autouse=True)
def _card() -> None:
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip(f"torch {torch.__version__} finds no CUDA device")
    torch.cuda.init()  # its memory is asked for also where it has not been used yet


@contextmanager
def made(kernel: str, precision: str) -> Iterator[Any]:
    """A small launch on the first card, or a skip with the kernel's own reason."""
    shape: tuple[int, ...] = {"gemm": (2048, 2048, 2048)}.get(kernel, (SIZE,))
    if kernel.startswith("fma"):
        shape = (8, 20_000)
    if kernel.startswith("stream."):
        shape = (ELEMENTS,)
    elif kernel == "transfer.p2p":
        shape = (SIZE, 1)
    way = WAYS.get(kernel, "torch")
    kernel = kernel.removesuffix(".elementwise").removesuffix(".f32x2")
    request = Request(way, PRECISIONS[precision], shape, 7, Place("cuda:0", CPUS))
    if (reason := KERNELS[kernel].refuses(request)) is not None:
        pytest.skip(reason)
    launch: Any
    if kernel == "gemm":
        from kernels.gemm.torch.launch import TorchLaunch

        launch = TorchLaunch(request, sets=2)
    elif kernel.startswith("stream."):
        from kernels.stream.kinds import KINDS
        from kernels.stream.torch_launch import TorchStreamLaunch

        launch = TorchStreamLaunch(request, KINDS[kernel.partition(".")[2]], launch_bytes=1e9)
    else:
        launch = KERNELS[kernel].prepare(request)
    try:
        launch.run()
        yield launch
    finally:
        launch.close()


def flip_a_bit(launch: Any) -> None:
    """The lowest bit of one operand of one thread: what every later chunk is made of."""
    operands = launch._operands.copy_to_host()
    operands.view("uint8")[1, 5 * operands.itemsize] ^= 1
    launch._operands.copy_to_device(operands)
    launch.run()


def flip_the_other_half(launch: Any) -> None:
    """The same of the second number of a pair."""
    operands = launch._operands.copy_to_host()
    operands.view("uint8")[1, 5 * operands.itemsize + operands.itemsize // 2] ^= 1
    launch._operands.copy_to_device(operands)
    launch.run()


def spoil_a_product(launch: Any) -> None:
    launch._products[1][77, 5] += 100


def spoil_an_element(launch: Any) -> None:
    if launch._kind.writes:
        launch._target[ELEMENTS - 1] += 1e-9
    else:
        launch._sum += 1


def spoil_a_byte(launch: Any) -> None:
    launch._copies[-1].target[SIZE - 1] ^= 1


ALL = [
    *(pytest.param("gemm", p, spoil_a_product, id=f"gemm-{p}") for p in GEMM),
    *(pytest.param(kernel, p, flip_a_bit, id=f"{kernel}-{p}") for kernel, p in CHAINS),
    pytest.param("fma.f32x2", "fp32", flip_the_other_half, id="fma.f32x2-fp32-other-half"),
    *(pytest.param(f"stream.{k}", "fp64", spoil_an_element, id=f"stream-{k}") for k in STREAMS),
    *(pytest.param(f"transfer.{d}", "int8", spoil_a_byte, id=f"transfer-{d}") for d in TRANSFERS),
]


@pytest.mark.parametrize(("kernel", "precision", "spoil"), ALL)
def test_the_result_is_right_and_a_planted_error_is_caught(
    kernel: str, precision: str, spoil: Callable[[Any], None]
) -> None:
    with made(kernel, precision) as launch:
        error = launch.error()
        low = check.BANDS[precision][0] if kernel == "gemm" else 0.0
        assert low <= error <= launch.tolerance

        spoil(launch)
        assert not (launch.error() <= launch.tolerance)


@pytest.mark.parametrize(("kernel", "precision", "spoil"), ALL)
def test_a_run_takes_no_new_memory(
    kernel: str, precision: str, spoil: Callable[[Any], None]
) -> None:
    """The driver allocates by stopping the device; what a library takes from a cache is free."""
    import torch

    with made(kernel, precision) as launch:
        launch.run()
        before = torch.cuda.memory_stats()["segment.all.allocated"]
        free_bytes = torch.cuda.mem_get_info()[0]
        launch.run()

        assert torch.cuda.memory_stats()["segment.all.allocated"] == before
        assert torch.cuda.mem_get_info()[0] == free_bytes


@pytest.mark.parametrize(("kernel", "precision"), CHAINS)
def test_torch_s_events_enclose_numba_s_kernel(kernel: str, precision: str) -> None:
    """Cycles that the multiprocessors counted over the time by events give a possible clock.

    Events on a stream that does not wait for the kernel would give tens of GHz.
    """
    import torch

    with made(kernel, precision) as launch:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        torch.cuda.synchronize()
        begin.record()
        launch.run()
        end.record()
        end.synchronize()
        cycles = sum(launch.ticks()[0].work)
        clock_hz = cycles / (begin.elapsed_time(end) / 1e3)

        assert 0.1e9 < clock_hz < 4e9


@pytest.mark.parametrize(("kernel", "precision"), CHAINS)
def test_no_multiprocessor_does_more_a_cycle_than_its_lanes(kernel: str, precision: str) -> None:
    import torch

    from reports.catalogue.accelerators import silicon_of

    properties = torch.cuda.get_device_properties(0)
    silicon = silicon_of(f"{properties.major}.{properties.minor}", properties.name)
    flop = silicon.flop(precision, "vector") if silicon is not None else None
    if flop is None:
        pytest.skip(f"no vector rate of {precision} is known for {properties.name}")
    with made(kernel, precision) as launch:
        (ticks,) = launch.ticks()

        assert max(ticks.ops_per_chunk / cycles for cycles in ticks.work) <= flop * 1.001
        assert launch.executed["multiprocessors"] == str(properties.multi_processor_count)


def test_fp32_is_fp32_whatever_torch_was_told_before() -> None:
    import torch

    torch.set_float32_matmul_precision("high")
    with made("gemm", "fp32") as launch:
        assert launch.error() <= check.BANDS["fp32"][1]
    with made("gemm", "tf32") as launch:
        low, high = check.BANDS["tf32"]
        assert low <= launch.error() <= high
