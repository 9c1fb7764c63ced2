"""Our own blocked GEMM: every tile that runs on this machine, at shapes that have every edge."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numba
import numpy as np
import pytest

from kernels import gemm
from kernels.codegen.clock import HAS_CLOCK
from kernels.codegen.isa import cpu_features
from kernels.gemm import check
from kernels.gemm.cpu_numba import amx, blocked, blocked_bf16
from kernels.gemm.cpu_numba.launch import NumbaLaunch
from kernels.gemm.cpu_numba.tile import TILES, Tile
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

CPUS = tuple(sorted(os.sched_getaffinity(0)))
RUNNABLE = [
    tile
    for tile in TILES
    if tile.feature in cpu_features() and not (tile.instruction == "amx" and amx.denied())
]
SHAPES = [
    (1, 1, 1),
    (1, 1, 1000),
    (1, 300, 7),
    (300, 1, 7),
    (7, 5, 3),
    (31, 37, 41),
    (97, 101, 103),
    (48, 96, 64),
    (500, 3, 5),
    (3, 500, 5),
    (5, 3, 2500),
    (263, 211, 1031),
    (290, 850, 530),
]


@contextmanager
def launched(
    tile: Tile, shape: tuple[int, int, int], cpus: tuple[int, ...] = CPUS, seed: int = 5
) -> Iterator[NumbaLaunch]:
    request = Request("numba", PRECISIONS[tile.precision], shape, seed, Place("cpu", cpus))
    launch = NumbaLaunch(request, tile)
    try:
        yield launch
    finally:
        launch.close()


def as_used(matrix: check.Matrix, precision: str) -> check.Matrix:
    """The operand in FP64 as the tile saw it: BF16 has a significand of 8 bits."""
    wide = matrix.astype(np.float64)
    if precision != "bf16":
        return wide
    significand, exponent = np.frexp(wide)
    return np.ldexp(np.round(np.ldexp(significand, 8)), exponent - 8)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("tile", RUNNABLE, ids=lambda tile: f"{tile.precision} {tile.name}")
def test_every_element_of_any_shape_is_right(tile: Tile, shape: tuple[int, int, int]) -> None:
    with launched(tile, shape) as launch:
        launch.run()
        a, b = (as_used(x, tile.precision) for x in (launch._a, launch._b))
        # Sums of k products in any order: at most k roundings of the sum of magnitudes.
        unit = 2.0**-52 if tile.precision == "fp64" else 2.0**-23
        bound = (shape[2] + 1) * unit * (np.abs(a) @ np.abs(b))
        # The sums are rounded to BF16's 8 bits at the end.
        rounding = 2.0**-8 * np.abs(launch.product()) if tile.precision == "bf16" else 0.0
        assert np.all(np.abs(launch.product() - a @ b) <= bound + rounding)


@pytest.mark.parametrize("tile", RUNNABLE, ids=lambda tile: f"{tile.precision} {tile.name}")
def test_the_error_lies_within_the_band_of_its_precision(tile: Tile) -> None:
    low, high = check.BANDS[tile.precision]
    with launched(tile, (150, 170, 190)) as launch:
        assert low <= launch.error() <= high


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7])
def test_any_number_of_workers_gives_the_same_product(workers: int) -> None:
    tile = RUNNABLE[0]
    with (
        launched(tile, (130, 190, 150), CPUS[:1]) as one,
        launched(tile, (130, 190, 150), CPUS[:1] * workers) as several,
    ):
        np.testing.assert_array_equal(one._c, several._c)


def test_a_second_run_overwrites_the_first() -> None:
    with launched(RUNNABLE[0], (60, 70, 1100)) as launch:
        first = launch._c.copy()
        launch.run()
        np.testing.assert_array_equal(launch._c, first)


@pytest.mark.parametrize("tile", RUNNABLE, ids=lambda tile: f"{tile.precision} {tile.name}")
def test_a_planted_error_is_caught(tile: Tile) -> None:
    with launched(tile, (90, 80, 70)) as launch:
        assert launch.error() <= launch.tolerance
        launch._c[41] = launch._c[42]
        assert not (launch.error() <= launch.tolerance)


def test_the_work_is_that_of_the_shape_and_not_of_the_padded_tiles() -> None:
    with launched(RUNNABLE[0], (3, 5, 7)) as launch:
        assert launch.work.ops == 2 * 3 * 5 * 7


@pytest.mark.skipif(not HAS_CLOCK, reason="no cycle counter for user code")
@pytest.mark.parametrize("tile", RUNNABLE, ids=lambda tile: f"{tile.precision} {tile.name}")
def test_each_worker_leaves_its_own_part_of_the_work_in_ticks(tile: Tile) -> None:
    with launched(tile, (290, 850, 530)) as launch:
        launch.run()
        ticks = launch.ticks()
        assert [t.cpu for t in ticks] == list(CPUS)
        assert sum(t.ops_per_chunk for t in ticks) == launch.work.ops
        assert min(min(*t.work, *t.probe) for t in ticks) > 0


@pytest.mark.skipif(not HAS_CLOCK, reason="no cycle counter for user code")
def test_a_worker_without_work_says_so() -> None:
    with launched(RUNNABLE[0], (3, 5, 7), CPUS[:1] * 3) as launch:
        assert sorted(t.ops_per_chunk for t in launch.ticks()) == [0, 0, 2 * 3 * 5 * 7]


def test_it_says_what_ran() -> None:
    tile = RUNNABLE[0]
    with launched(tile, (50, 60, 70)) as launch:
        assert launch.executed["dispatched"] == tile.name
        assert launch.executed["accumulation"] == "float32"
        assert launch.executed["threads"] == str(len(CPUS))


def test_a_second_process_finds_the_compiled_code_on_disk(tmp_path: Path) -> None:
    code = (
        "import numpy as np\n"
        "from kernels.gemm.cpu_numba import packed\n"
        "from kernels.gemm.cpu_numba.tile import tiles\n"
        "from kernels.codegen.isa import cpu_features\n"
        "pack = packed.build(tiles('fp32', cpu_features())[0])\n"
        "b = np.ones((8, 8), np.float32)\n"
        "pack(b, np.zeros(4096, np.float32), 8, 0, 1)\n"
        "print(sum(pack.stats.cache_hits.values()))"
    )
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)
    hits = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            cwd=Path(__file__).parents[4],
            capture_output=True,
            check=True,
        ).stdout.decode()
        for _ in range(2)
    ]
    assert hits == ["0\n", "1\n"]


def inner_loop(tile: Tile) -> list[str]:
    """Instructions of the innermost loop around the multiply-adds, from the machine code."""
    loops = blocked if tile.n_block is None else blocked_bf16
    multiply = numba.njit(nogil=True)(loops.build(tile).py_func)
    kind = {"fp64": np.float64, "fp32": np.float32, "bf16": np.uint16}[tile.precision]
    summed = np.float64 if tile.precision == "fp64" else np.float32
    matrix, sums = numba.typeof(np.zeros((2, 2), kind)), numba.typeof(np.zeros((2, 2), summed))
    blocks, pair = (2, 2) if tile.n_block is None else (2, 2, 2), (0, 2)
    probes = np.zeros(2, int)
    multiply.compile((*[matrix] * 4, sums, *map(numba.typeof, (blocks, pair, pair, probes, 1))))
    lines = next(iter(multiply.inspect_asm().values())).splitlines()
    labels = {line.split(":")[0]: i for i, line in enumerate(lines) if line.startswith(".L")}
    loops = [
        [text.strip() for text in lines[labels[jump[1]] + 1 : i + 1]]
        for i, line in enumerate(lines)
        if (jump := re.match(r"\s+j\w+\s+(\.L\w+)", line)) and labels.get(jump[1], i) < i
    ]
    multiplying = [loop for loop in loops if any(MULTIPLY.match(text) for text in loop)]
    return min(multiplying, key=len)


MULTIPLY = re.compile(r"vfmadd\w+p[sd]|vdpbf16ps|tdpbf16ps")
REGISTER = {512: "zmm", 256: "ymm", 128: "xmm"}


@pytest.mark.skipif("fma" not in cpu_features(), reason="reads the machine code of x86-64")
@pytest.mark.parametrize("tile", RUNNABLE, ids=lambda tile: f"{tile.precision} {tile.name}")
def test_the_machine_code_of_the_tile_keeps_its_sums_in_registers(tile: Tile) -> None:
    loop = inner_loop(tile)
    multiplies = [text for text in loop if MULTIPLY.match(text)]
    # LLVM takes a few of AMX's short passes together.
    passes = (1, 2, 4) if tile.instruction == "amx" else (tile.unroll,)
    a_pass = 4 if tile.instruction == "amx" else tile.rows * tile.vectors
    register = "tmm" if tile.instruction == "amx" else REGISTER[tile.bits]
    assert len(multiplies) in [a_pass * count for count in passes]
    assert [text for text in multiplies if register not in text] == []
    assert [text for text in loop if text.startswith("call")] == []
    # A spill is a store, or a load through the stack pointer.
    assert [text for text in loop if re.match(r"v?mov\w+\s+%[xyzt]mm\d+, .*\(", text)] == []
    assert [text for text in loop if "(%rsp" in text] == []


def test_amx_that_the_system_denies_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kernels.gemm.cpu_features", lambda: {"amxbf16", "avx512bf16"})
    monkeypatch.setattr("kernels.gemm.cpu_numba.amx.denied", lambda: "AMX is there and closed")
    request = Request("numba", PRECISIONS["bf16"], (4, 4, 4), 1, Place("cpu", CPUS))
    assert gemm.refuses(request) == "AMX is there and closed"


def test_a_processor_without_fused_multiply_add_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernels.gemm.cpu_features", lambda: {"sse2", "avx"})
    request = Request("numba", PRECISIONS["fp32"], (4, 4, 4), 1, Place("cpu", CPUS))
    assert "not native on this CPU (no avx512f or fma or neon)" in str(gemm.refuses(request))
