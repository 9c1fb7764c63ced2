"""The ladder of working sets: how each is read, what counts, and that every sum is checked."""

import os

import numpy as np
import pytest

from kernels import KERNELS, ladder
from kernels.kernel import Place, Request
from kernels.ladder.launch import CHUNK_BYTES, MIN_BYTES, LadderLaunch, sweeps_over
from kernels.precision import PRECISIONS

CPU = min(os.sched_getaffinity(0))
# Small ones, one of uneven parts, one of more than a chunk.
SETS = (512, 4096, 5 * 1024, CHUNK_BYTES - 512, CHUNK_BYTES + 512, 3 * CHUNK_BYTES + 1536)

pytestmark = pytest.mark.skipif(
    ladder.architecture() != "x86_64", reason="the cycle counter is closed to user code"
)


def request(
    shape: tuple[int, ...] = SETS,
    precision: str = "fp64",
    device: str = "cpu",
    workers: int = 1,
    implementation: str = "numba",
) -> Request:
    place = Place(device, (CPU,) * workers)
    return Request(implementation, PRECISIONS[precision], shape, 5, place)


def prepared(workers: int = 1) -> LadderLaunch:
    made = KERNELS["ladder"].prepare(request(workers=workers))
    assert isinstance(made, LadderLaunch)
    return made


@pytest.mark.parametrize("workers", [1, 3])
def test_every_set_of_every_worker_is_read_right(workers: int) -> None:
    launch = prepared(workers)
    launch.run()
    launch.run()
    assert launch.error() == 0.0
    launch.close()


def test_a_ladder_that_has_not_run_is_not_right() -> None:
    launch = prepared()
    assert launch.error() > launch.tolerance
    launch.close()


def test_one_element_that_was_not_read_right_is_caught_in_every_set_that_holds_it() -> None:
    launch = prepared(2)
    launch._arrays[1].view(np.uint64)[600] ^= np.uint64(1)
    launch.run()
    # 512 and 4096 bytes end before element 600.
    assert launch.error() == len(SETS) - 2
    launch.close()


@pytest.mark.parametrize("size", [*SETS, 1 << 24])
def test_a_set_is_read_in_equal_chunks_as_a_whole_and_often_enough(size: int) -> None:
    plan = sweeps_over(size)
    assert plan.elements * 8 == size
    # What the last part leaves of a set is less than a pass of the loop for each part.
    assert 0 <= plan.elements - plan.parts * plan.part < 64 * plan.parts
    assert plan.chunks % plan.parts == 0
    assert plan.chunks * plan.chunk_bytes >= MIN_BYTES
    assert plan.chunk_bytes < 2 * CHUNK_BYTES


def test_bytes_are_those_of_all_chunks_and_of_the_first_sweep() -> None:
    launch = prepared(2)
    each = sum(
        plan.chunks * plan.chunk_bytes + size
        for size, plan in ((size, sweeps_over(size)) for size in SETS)
    )
    assert (launch.work.ops, launch.work.bytes_moved) == (0, 2 * each)
    launch.close()


def test_ticks_are_left_for_every_working_set_of_each_worker() -> None:
    launch = prepared(2)
    launch.run()
    ticks = launch.ticks()
    launch.close()
    assert [t.set_bytes for t in ticks] == [size for size in SETS for _ in range(2)]
    assert [len(t.work) for t in ticks[::2]] == [sweeps_over(size).chunks for size in SETS]
    assert [t.ops_per_chunk for t in ticks[::2]] == [sweeps_over(s).chunk_bytes for s in SETS]
    assert {(t.probe, t.cycles_per_probe) for t in ticks} == {((), 0)}
    assert min(min(t.work) for t in ticks) > 0


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (request(precision="fp32"), "no implementation 'numba' for fp32"),
        (request(implementation="torch"), "no implementation 'torch' for fp64"),
        (request(device="cuda:0"), "through the CPU only, not through cuda:0"),
        (request(shape=()), "rising working sets in units of 512 B, not ()"),
        (request(shape=(1024, 1024)), "rising working sets"),
        (request(shape=(100,)), "units of 512 B"),
    ],
)
def test_what_cannot_run_is_refused_with_a_reason(wrong: Request, because: str) -> None:
    assert because in str(KERNELS["ladder"].refuses(wrong))
    assert KERNELS["ladder"].refuses(request()) is None


def test_a_machine_without_a_counter_for_us_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "architecture", lambda: "aarch64")
    assert (
        KERNELS["ladder"].refuses(request())
        == "user code may not read the cycle counter of aarch64"
    )
