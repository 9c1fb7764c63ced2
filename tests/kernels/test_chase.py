"""The walk through rising working sets: that every line is reached, and what it counts."""

import os
import re

import numpy as np
import pytest
from numba import njit

from kernels import KERNELS, chase
from kernels.chase import launch as launch_module
from kernels.chase import ring
from kernels.chase.launch import ChaseLaunch
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

CPU = min(os.sched_getaffinity(0))
# One line, an odd number of them, a whole block, one line more, several blocks.
SETS = (64, 7 * 64, 4096 * 64, 4097 * 64, 9000 * 64)

pytestmark = pytest.mark.skipif(
    chase.architecture() != "x86_64", reason="the cycle counter is closed to user code"
)


def request(
    shape: tuple[int, ...] = SETS,
    precision: str = "uint64",
    device: str = "cpu",
    cpus: tuple[int, ...] = (CPU,),
    implementation: str = "numba",
) -> Request:
    return Request(implementation, PRECISIONS[precision], shape, 5, Place(device, cpus))


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> ChaseLaunch:
    monkeypatch.setattr(launch_module, "MIN_LOADS", 2 * launch_module.CHUNK_LOADS)
    made = KERNELS["chase"].prepare(request())
    assert isinstance(made, ChaseLaunch)
    return made


def grown(sets: tuple[int, ...], key: int) -> list[int]:
    """Numbers of the next line, for every line of the last set."""
    words = np.zeros(ring.WORDS_PER_LINE * sets[-1], np.uint64)
    tails = np.zeros(2, np.int64)
    before = 0
    for lines in sets:
        ring.grow(words, np.uint64(64_000), before, lines, tails, np.uint64(key))
        before = lines
    return [(int(address) - 64_000) // 64 for address in words[:: ring.WORDS_PER_LINE]]


def lap(following: list[int]) -> list[int]:
    """Lines in the order of the walk from line 0, until one comes again."""
    order = [0]
    while following[order[-1]] != 0 and len(order) < len(following):
        order.append(following[order[-1]])
    return order


@pytest.mark.parametrize("lines", [1, 2, 3, 64, 4096, 4097, 20_001])
@pytest.mark.parametrize("key", [0, 1, 2**63 + 5])
def test_a_ring_is_one_lap_through_every_line(lines: int, key: int) -> None:
    following = grown((lines,), key)
    order = lap(following)
    assert sorted(order) == list(range(lines))
    assert following[order[-1]] == 0


def test_a_ring_hangs_on_its_lines_and_key_and_not_on_how_it_grew() -> None:
    assert grown((100, 5000, 9000), 3) == grown((9000,), 3)
    assert grown((9000,), 3) != grown((9000,), 4)


def test_even_lines_come_before_odd_ones_and_a_block_before_the_next() -> None:
    block = ring.LINES_PER_BLOCK
    order = lap(grown((2 * block + 10,), 9))
    keys = [(line % 2, line // block) for line in order]
    assert keys == sorted(keys)


def test_every_order_of_a_run_is_equally_likely() -> None:
    # Lines 0, 2, 4, 6 make a ring of their own in 3! = 6 ways.
    seed = 20250701
    keys = np.random.default_rng(seed).integers(0, 2**63, 6000)
    counts: dict[tuple[int, ...], int] = {}
    for key in keys.tolist():
        evens = tuple(line for line in lap(grown((8,), key)) if line % 2 == 0)
        counts[evens] = counts.get(evens, 0) + 1
    assert len(counts) == 6, f"seed {seed}: {counts}"
    # Mean 1000, standard deviation 29.
    assert 850 < min(counts.values()) <= max(counts.values()) < 1150, f"seed {seed}: {counts}"


def test_whole_laps_are_right(launch: ChaseLaunch) -> None:
    launch.run()
    launch.run()
    assert launch.error() == 0.0
    launch.close()


def test_a_chase_that_has_not_run_is_not_right(launch: ChaseLaunch) -> None:
    assert launch.error() > launch.tolerance
    launch.close()


@pytest.mark.parametrize("line", [1, 4000, 8999])
def test_a_line_that_is_left_out_of_the_ring_is_caught(
    launch: ChaseLaunch, monkeypatch: pytest.MonkeyPatch, line: int
) -> None:
    right = ring.grow

    def wrong(words, base, begin, end, tails, key):  # type: ignore[no-untyped-def]
        right(words, base, begin, end, tails, key)
        step = ring.WORDS_PER_LINE
        if begin <= line < end:
            here = np.uint64(base + np.uint64(64 * line))
            (before,) = np.flatnonzero(words[: end * step : step] == here)
            words[before * step] = words[line * step]

    monkeypatch.setattr(ring, "grow", wrong)
    launch.run()
    assert launch.error() > launch.tolerance
    launch.close()


def test_work_is_every_load_of_every_set(launch: ChaseLaunch) -> None:
    assert launch.work.ops == sum(launch._loads)
    assert [loads % lines for loads, lines in zip(launch._loads, launch._sets, strict=True)] == [
        0, 0, 0, 0, 0,
    ]  # fmt: skip
    assert min(launch._loads) >= launch_module.MIN_LOADS
    assert launch.work.bytes_moved == 0
    launch.close()


def test_ticks_are_left_a_working_set_with_a_probe_a_chunk(launch: ChaseLaunch) -> None:
    launch.run()
    ticks = launch.ticks()
    launch.close()
    assert [t.set_bytes for t in ticks] == list(SETS)
    assert [len(t.work) for t in ticks] == [len(t.probe) for t in ticks] == [2, 2, 2, 2, 2]
    assert {(t.cpu, t.ops_per_chunk) for t in ticks} == {(CPU, launch_module.CHUNK_LOADS)}
    # A load takes some cycles wherever it comes from, and an add takes one.
    assert min(min(t.work) / t.ops_per_chunk for t in ticks) > 1
    assert min(min(t.probe) for t in ticks) > 0


def test_the_walk_waits_for_each_load_and_does_nothing_else_with_memory() -> None:
    function = njit(nogil=True)(ring.walk.py_func)
    nothing = np.zeros(0, np.int64)
    function(np.uint64(0), 0, 1, nothing, nothing, 0, np.zeros(2, np.uint64))
    code = next(iter(function.inspect_asm().values()))
    # AT&T order: a register that is loaded from where it points.
    assert re.search(r"movq\s+\((%r\w+)\), \1\n", code)


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (request(precision="fp64"), "no implementation 'numba' for fp64"),
        (request(implementation="torch"), "no implementation 'torch' for uint64"),
        (request(device="cuda:0"), "through the CPU's memory only, not through cuda:0"),
        (request(cpus=(0, 1)), "a latency is one worker's; 2 CPUs were given"),
        (request(shape=()), "rising working sets in whole lines of 64 B, not ()"),
        (request(shape=(128, 64)), "rising working sets"),
        (request(shape=(100,)), "whole lines"),
        (request(shape=(0, 64)), "whole lines"),
    ],
)
def test_what_cannot_run_is_refused_with_a_reason(wrong: Request, because: str) -> None:
    assert because in str(KERNELS["chase"].refuses(wrong))
    assert KERNELS["chase"].refuses(request()) is None


def test_a_machine_without_a_counter_for_us_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chase, "architecture", lambda: "aarch64")
    assert (
        KERNELS["chase"].refuses(request()) == "user code may not read the cycle counter of aarch64"
    )


def test_memory_that_cannot_be_had_is_said() -> None:
    with pytest.raises(MemoryError):
        KERNELS["chase"].prepare(request(shape=(64, 1 << 60)))
