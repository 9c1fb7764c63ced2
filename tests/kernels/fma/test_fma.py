"""The face of fma: what it refuses, what it counts, and that a wrong result is caught."""

import os
from dataclasses import replace

import numpy as np
import pytest

from kernels import fma
from kernels.codegen.isa import NotNative, target_features
from kernels.fma import launch as launch_module
from kernels.fma.formats import FORMATS
from kernels.fma.launch import FmaLaunch
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

CPUS = tuple(sorted(os.sched_getaffinity(0)))
RUNNABLE = [("numba", name) for name, form in FORMATS.items() if form.pipe(target_features())] + [
    ("numba-portable", "fp32"),
    ("numba-portable", "fp64"),
]
SHAPE = (3, 500)


def request(
    implementation: str = "numba",
    precision: str = "fp32",
    shape: tuple[int, ...] = SHAPE,
    device: str = "cpu",
    cpus: tuple[int, ...] = CPUS,
) -> Request:
    return Request(implementation, PRECISIONS[precision], shape, 11, Place(device, cpus))


def prepared(implementation: str = "numba", precision: str = "fp32") -> FmaLaunch:
    launch = fma.prepare(request(implementation, precision))
    assert isinstance(launch, FmaLaunch)
    return launch


@pytest.mark.parametrize(("implementation", "precision"), RUNNABLE)
def test_every_native_format_is_right(implementation: str, precision: str) -> None:
    assert fma.refuses(request(implementation, precision)) is None
    launch = prepared(implementation, precision)
    launch.run()
    launch.run()
    assert launch.error() <= launch.tolerance
    launch.close()


@pytest.mark.parametrize(("implementation", "precision"), RUNNABLE)
def test_nothing_done_is_not_right(implementation: str, precision: str) -> None:
    launch = prepared(implementation, precision)
    assert not (launch.error() <= launch.tolerance)
    launch.close()


@pytest.mark.parametrize("precision", [name for way, name in RUNNABLE if way == "numba"])
@pytest.mark.parametrize("worker", [0, -1])
def test_one_wrong_accumulator_of_any_worker_is_caught(precision: str, worker: int) -> None:
    launch = prepared(precision=precision)
    launch.run()
    launch._results[worker][0, -1] ^= np.uint64(1 << 40)
    assert not (launch.error() <= launch.tolerance)
    launch.close()


def test_a_result_that_is_no_number_is_caught() -> None:
    launch = prepared()
    launch.run()
    launch._results[-1][0].view(np.float32)[5] = np.nan
    assert not (launch.error() <= launch.tolerance)
    launch.close()


def test_a_launch_that_leaves_out_a_pass_is_caught() -> None:
    launch = prepared()
    launch._task.keywords["passes"] -= 1
    launch.run()
    assert not (launch.error() <= launch.tolerance)
    launch.close()


def test_a_chunk_unlike_the_first_is_caught() -> None:
    launch = prepared()
    launch.run()
    assert launch._unlike == [0] * len(CPUS)
    launch._unlike[-1] = 1
    assert launch.error() == float("inf")
    launch.close()


def test_work_is_counted_by_hand() -> None:
    # 512-bit fp32: 24 chains of 16 lanes; 500 instructions are 11 passes of 48, 2 FLOP a lane.
    wide = {512: (24, 16), 256: (12, 8), 128: (24, 4)}
    pipe = FORMATS["fp32"].pipe(target_features())
    assert pipe is not None
    chains, lanes = wide[pipe.bits]
    passes = {24: 11, 12: 21}[chains]
    launch = prepared()
    assert launch.work.ops == len(CPUS) * 3 * passes * 2 * chains * lanes * 2
    assert launch.work.bytes_moved == 0
    launch.close()


def test_dot_products_count_every_product() -> None:
    counted = {}
    for way, name in RUNNABLE:
        launch = prepared(way, name)
        counted[way, name] = launch.work.ops / launch._chains.starts.size / launch._passes
        launch.close()
    per_accumulator = {"fp64": 4, "fp32": 4, "fp16": 4, "bf16": 8, "int8": 16}
    assert counted == {key: len(CPUS) * 3 * per_accumulator[key[1]] for key in RUNNABLE}


def test_each_worker_leaves_the_ticks_of_its_chunks_and_probes() -> None:
    launch = prepared()
    launch.run()
    ticks = launch.ticks()
    launch.close()
    assert tuple(t.cpu for t in ticks) == CPUS
    assert {len(t.work) for t in ticks} == {3}
    assert {len(t.probe) for t in ticks} == {1}
    assert sum(t.ops_per_chunk * len(t.work) for t in ticks) == launch.work.ops
    assert min(min(*t.work, *t.probe) for t in ticks) > 0


def test_without_a_cycle_counter_the_work_is_done_and_leaves_no_ticks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch_module, "HAS_CLOCK", False)
    launch = prepared()
    launch.run()
    assert launch.ticks() == ()
    assert launch.error() <= launch.tolerance
    launch.close()


@pytest.mark.parametrize(
    ("precision", "missing"),
    [("fp16", "avx512fp16"), ("bf16", "avx512bf16"), ("int8", "avx512vnni or avxvnni")],
)
def test_a_format_that_is_not_native_is_refused(
    monkeypatch: pytest.MonkeyPatch, precision: str, missing: str
) -> None:
    monkeypatch.setattr(fma, "cpu_features", lambda: frozenset({"avx512f", "fma"}))
    assert fma.refuses(request(precision="fp32")) is None
    assert (
        fma.refuses(request(precision=precision))
        == f"{precision} arithmetic is not native on this CPU (no {missing})"
    )


def test_a_target_without_the_instruction_is_an_error_and_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch_module, "target_features", lambda: frozenset({"sse2"}))
    with pytest.raises(NotNative, match="fp32 arithmetic is not native on the compiler's target"):
        prepared()


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (request(device="cuda:0"), "computes on the CPU only, not on cuda:0"),
        (request(shape=(4,)), "shape (chunks, instructions)"),
        (request(shape=(0, 500)), "shape (chunks, instructions)"),
        (request("numba-portable", "fp16"), "no portable implementation for fp16"),
        (request("numpy"), "no implementation 'numpy' for fp32"),
        (request(precision="fp8"), "no implementation 'numba' for fp8"),
    ],
)
def test_what_cannot_run_is_refused_with_a_reason(wrong: Request, because: str) -> None:
    assert because in str(fma.refuses(wrong))


def test_a_bf16_chunk_too_long_for_an_exact_check_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fma, "cpu_features", lambda: frozenset({"avx512bf16"}))
    longest = request(precision="bf16", shape=(1, 48 << 16))
    assert fma.refuses(longest) is None
    assert fma.refuses(replace(longest, shape=(1, (48 << 16) + 1))) is not None
