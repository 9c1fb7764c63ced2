"""The CUDA chains without a GPU: in the CUDA simulator, and why they are refused."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kernels.fma.cuda_refusal import refuses
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

ROOT = Path(__file__).parents[3]
ASKED = Request("numba-cuda", PRECISIONS["fp32"], (2, 100), 7, Place("cuda:0", (0,)))
PACKED = replace(ASKED, implementation="numba-cuda-f32x2")
# numba-cuda gives NumPy 2.5 a cause to warn.
STRICT = ("-W", "error", "-W", "ignore:The 'generic' unit for NumPy timedelta:DeprecationWarning")

SIMULATION = """
import json
from itertools import count
from kernels.fma import cuda_chains, cuda_launch
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

honest, calls = cuda_chains.advance, count(1)

def damaged(x, *operands):
    "One bit of one chain, in one call of one thread."
    mine = next(calls)  # threads of the simulator take turns while one computes
    after = honest(x, *operands)
    if mine != PLANTED_AT:
        return after
    bits = after[5].reshape(1).view(f"uint{8 * after[5].itemsize}")
    return (*after[:5], (bits ^ bits.dtype.type(1 << BIT)).view(after[5].dtype)[0], *after[6:])

cuda_chains.advance = damaged
request = Request("IMPLEMENTATION", PRECISIONS["PRECISION"], (3, 2049), 7, Place("cuda:0", (0,)))
launch = cuda_launch.CudaFmaLaunch(request, threads=4)
launch.run()
(ticks,) = launch.ticks()
print(json.dumps({
    "error": launch.error(), "tolerance": launch.tolerance, "ops": launch.work.ops,
    "executed": launch.executed, "chunks": len(ticks.work), "per chunk": ticks.ops_per_chunk,
}))
launch.close()
"""


def simulate(
    precision: str, planted_at: int | str = 0, implementation: str = "numba-cuda", bit: int = 0
) -> dict[str, Any]:
    """One launch of 4 threads on 2 multiprocessors, in a process of its own."""
    words = {"IMPLEMENTATION": implementation, "PRECISION": precision,
             "PLANTED_AT": str(planted_at), "BIT": str(bit)}  # fmt: skip
    code = re.sub("|".join(rf"\b{word}\b" for word in words), lambda m: words[m[0]], SIMULATION)
    done = subprocess.run(
        [sys.executable, *STRICT, "-c", code],
        env=os.environ | {"NUMBA_ENABLE_CUDASIM": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("implementation", "precision", "lanes", "instruction"),
    [
        ("numba-cuda", "fp32", 1, "fma.rn.f32"),
        ("numba-cuda", "fp64", 1, "fma.rn.f64"),
        ("numba-cuda", "fp16", 2, "fma.rn.f16x2"),
        ("numba-cuda-f32x2", "fp32", 2, "fma.rn.f32x2"),
    ],
)
def test_the_simulator_computes_the_right_values(
    implementation: str, precision: str, lanes: int, instruction: str
) -> None:
    found = simulate(precision, implementation=implementation)

    # 2049 instructions a scheduler are two rounds of its 4 warps: 64 passes of two steps.
    ops = 2 * 2 * 64 * 8 * 4 * lanes
    assert found["error"] <= found["tolerance"] < 1e-12
    assert (found["per chunk"], found["ops"]) == (ops, 2 * 3 * ops)
    assert found["chunks"] == 3
    assert found["executed"]["instruction"] == instruction


# 2 blocks of 4 threads run 3 chunks: 24 calls a launch. The first launch is the constructor's.
@pytest.mark.parametrize("planted_at", [10, 48])
def test_one_wrong_bit_in_any_chunk_of_any_thread_is_caught(planted_at: int) -> None:
    found = simulate("fp32", planted_at)

    assert not (found["error"] <= found["tolerance"])


@pytest.mark.parametrize("bit", [0, 31, 32, 63])
def test_one_wrong_bit_in_either_half_of_a_pair_is_caught(bit: int) -> None:
    found = simulate("fp32", 10, "numba-cuda-f32x2", bit)

    assert not (found["error"] <= found["tolerance"])


@pytest.mark.parametrize("bit", [0, 32])
def test_one_bit_that_is_wrong_in_every_chunk_is_caught_by_the_reference(bit: int) -> None:
    found = simulate("fp32", "mine", "numba-cuda-f32x2", bit)

    assert found["tolerance"] < found["error"] < 1e-6


def test_each_half_of_a_simulated_pair_is_the_scalar_s_result() -> None:
    code = """
import numpy as np
from kernels.fma.cuda_steps import _rounded_once
a, b, c = np.random.default_rng(7).uniform(1, 2, (3, 2)).astype(np.float32)
pair = _rounded_once(*(each.view(np.uint64)[0] for each in (a, b, c)))
halves = np.array([pair]).view(np.float32)
print(all(halves[i] == _rounded_once(a[i], b[i], c[i]) for i in (0, 1)), pair.dtype)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_ENABLE_CUDASIM": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["True", "uint64"], done.stderr


def test_the_simulator_rounds_once_like_a_fused_multiply_add() -> None:
    code = """
import numpy as np
from kernels.fma.cuda_steps import _rounded_once
a = np.float32(1 + 2**-12)
fused = _rounded_once(a, a, np.float32(-1 - 2**-11))
print(fused == np.float32(2**-24), a * a - np.float32(1 + 2**-11))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_ENABLE_CUDASIM": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["True", "0.0"], done.stderr


def test_a_request_that_cannot_run_is_refused_with_its_reason() -> None:
    on_cpu = replace(ASKED, place=Place("cpu", (0,)))
    assert refuses(on_cpu) == "numba-cuda computes on CUDA devices only, not on cpu"
    int8 = replace(ASKED, precision=PRECISIONS["int8"])
    assert refuses(int8) == "fma has no numba-cuda for int8"
    fp64 = replace(PACKED, precision=PRECISIONS["fp64"])
    assert refuses(fp64) == "fma has no numba-cuda-f32x2 for fp64"
    assert "positive counts" in str(refuses(replace(ASKED, shape=(0, 4))))


def test_without_numba_cuda_the_refusal_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kernels.fma.cuda_refusal.find_spec", lambda name: None)
    assert refuses(ASKED) == "numba-cuda is not installed; pip install '.[gpu]'"


def test_without_a_device_the_refusal_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba import cuda

    monkeypatch.setattr(cuda, "is_available", lambda: False)
    assert refuses(ASKED) == "numba-cuda finds no CUDA device or no driver"
    monkeypatch.setattr(cuda, "is_available", lambda: True)
    assert refuses(ASKED) is None


def test_numba_s_own_target_in_the_place_of_numba_cuda_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from numba import cuda

    monkeypatch.setattr(cuda, "__file__", "/usr/lib/python3/numba/cuda/__init__.py")
    assert str(refuses(ASKED)).startswith(
        "numba-cuda is installed, and Python finds Numba's own CUDA target in its place"
    )


@pytest.mark.parametrize(
    ("capability", "reason"),
    [
        ((9, 0), "compute capability 9.0 has no fma.rn.f32x2, which begins with 10.0"),
        ((12, 0), "compute capability 12.0 splits fma.rn.f32x2 into two fma.rn.f32, "
                  "which numba-cuda measures"),
        ((10, 3), None),
    ],
)  # fmt: skip
def test_pairs_are_refused_where_the_second_card_has_no_instruction_for_them(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], reason: str | None
) -> None:
    from numba import cuda

    cards = [SimpleNamespace(compute_capability=each) for each in ((8, 0), capability)]
    monkeypatch.setattr(cuda, "is_available", lambda: True)
    monkeypatch.setattr(cuda, "gpus", cards)
    second = Place("cuda:1", (0,))

    assert refuses(replace(PACKED, place=second)) == reason
    assert refuses(replace(ASKED, place=second)) is None
