"""The streams: what they refuse, what they count, and that every element is looked at."""

import os
import re

import numpy as np
import pytest
from numba import njit

from kernels import KERNELS, stream
from kernels.codegen.isa import target_features, vector_doubles
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS
from kernels.stream import launch as launch_module
from kernels.stream import loop
from kernels.stream.kinds import KINDS
from kernels.stream.launch import StreamLaunch, _bounds

CPUS = tuple(sorted(os.sched_getaffinity(0)))
WAYS = [
    (kind.name, implementation)
    for kind in KINDS.values()
    for implementation in KERNELS[f"stream.{kind.name}"].implementations
    if not implementation.startswith("torch")
]
WRITING = [(name, way) for name, way in WAYS if KINDS[name].writes]
# Nothing, a tail only, whole pages, uneven pages with a tail, several chunks.
SIZES = [1, 7, 4096, 5 * 512 + 13, 1_500_003]


def request(
    implementation: str = "numba",
    elements: int = 10_000,
    precision: str = "fp64",
    device: str = "cpu",
    cpus: tuple[int, ...] = CPUS,
) -> Request:
    return Request(implementation, PRECISIONS[precision], (elements,), 5, Place(device, cpus))


def prepared(
    name: str, implementation: str = "numba", elements: int = 10_000, workers: int = len(CPUS)
) -> StreamLaunch:
    cpus = (CPUS * workers)[:workers]
    asked = request(implementation, elements, cpus=cpus)
    launch = KERNELS[f"stream.{name}"].prepare(asked)
    assert isinstance(launch, StreamLaunch)
    return launch


@pytest.mark.parametrize(("name", "implementation"), WAYS)
@pytest.mark.parametrize("elements", SIZES)
@pytest.mark.parametrize("workers", [1, 3])
def test_every_element_is_right_for_any_size_and_share(
    name: str, implementation: str, elements: int, workers: int
) -> None:
    launch = prepared(name, implementation, elements, workers)
    launch.run()
    launch.run()
    assert launch.error() <= launch.tolerance
    launch.close()


@pytest.mark.parametrize("name", list(KINDS))
def test_a_stream_that_has_not_run_is_not_right(name: str) -> None:
    launch = prepared(name)
    assert not (launch.error() <= launch.tolerance)
    launch.close()


@pytest.mark.parametrize(("name", "implementation"), WRITING)
@pytest.mark.parametrize("element", [0, 4_999, 9_999])
@pytest.mark.parametrize("wrong", [1.0 + 2.0**-49, np.nan, np.inf])
def test_one_wrong_element_anywhere_is_caught(
    name: str, implementation: str, element: int, wrong: float
) -> None:
    launch = prepared(name, implementation)
    launch.run()
    launch._arrays[0].view(np.float64)[element] *= wrong
    assert not (launch.error() <= launch.tolerance)
    launch.close()


def test_one_element_that_was_not_read_right_is_caught() -> None:
    launch = prepared("read")
    launch._arrays[0].view(np.uint64)[9_999] ^= np.uint64(1)
    launch.run()
    assert launch.error() == float("inf")
    launch.close()


@pytest.mark.parametrize("name", ["write", "triad"])
def test_the_result_of_an_earlier_run_does_not_pass_for_that_of_the_last(name: str) -> None:
    launch = prepared(name, workers=2)
    launch.run()
    stream_share = launch._stream
    launch._stream = lambda worker: stream_share(worker) if worker == 0 else None
    launch.run()
    assert not (launch.error() <= launch.tolerance)
    launch.close()


@pytest.mark.parametrize(
    ("name", "bytes_moved", "ops"),
    [("read", 80_000, 0), ("write", 80_000, 0), ("copy", 160_000, 0), ("triad", 240_000, 20_000)],
)
def test_work_is_counted_as_stream_counts_it(name: str, bytes_moved: int, ops: int) -> None:
    launch = prepared(name)
    assert (launch.work.bytes_moved, launch.work.ops) == (bytes_moved, ops)
    launch.close()


@pytest.mark.parametrize(
    ("implementation", "store"), [("numba", "temporal"), ("numba-nt", "non-temporal")]
)
def test_the_kind_of_store_is_always_said(implementation: str, store: str) -> None:
    launch = prepared("copy", implementation)
    assert launch.executed["store"] == store
    launch.close()


def test_ticks_are_left_for_whole_chunks_of_each_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch_module, "CHUNK_BYTES", 16 * 1024)
    launch = prepared("copy", elements=2 * 5 * 512 + 100, workers=2)
    launch.run()
    ticks = launch.ticks()
    launch.close()
    # 5 pages each, the rest to the last worker; chunks of 2 pages: 2 whole ones and some more.
    assert [len(t.work) for t in ticks] == [2, 2]
    assert {t.ops_per_chunk for t in ticks} == {16 * 1024}
    assert {t.probe for t in ticks} == {()}
    assert min(min(t.work) for t in ticks) > 0


def test_shares_are_whole_pages_and_leave_nothing_out() -> None:
    bounds = _bounds(512 * 7 + 5, 3)
    assert bounds == ((0, 1024), (1024, 2048), (2048, 512 * 7 + 5))
    assert _bounds(3, 2) == ((0, 0), (0, 3))


def test_memory_that_cannot_be_had_ends_no_worker_in_limbo() -> None:
    with pytest.raises(MemoryError):
        prepared("triad", elements=1 << 57)


def test_numbers_are_spread_over_1_to_2_and_hang_on_key_and_index_alone() -> None:
    words = np.zeros(100_000, np.uint64)
    loop.fill(words, 0, words.size, np.uint64(7))
    numbers = words.view(np.float64)
    assert numbers.min() >= 1
    assert numbers.max() < 2
    assert abs(numbers.mean() - 1.5) < 0.01
    assert np.unique(numbers).size == words.size
    part = np.zeros_like(words)
    loop.fill(part, 500, 600, np.uint64(7))
    assert np.array_equal(part[500:600], words[500:600])
    assert not np.any(part[:500])


def reference(key: int, index: int) -> int:
    """SplitMix64's output number `index`, in [1, 2), with Python's integers."""
    mask = 2**64 - 1
    z = (key + (index + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 12) | 0x3FF0000000000000


def test_numbers_are_those_of_splitmix64() -> None:
    words = np.zeros(50, np.uint64)
    loop.fill(words, 0, 50, np.uint64(2**63 + 12345))
    assert words.tolist() == [reference(2**63 + 12345, i) for i in range(50)]


def code_of(name: str, implementation: str) -> list[str]:
    """The loop of the widest vectors, compiled anew: cached code cannot be listed."""
    lanes = vector_doubles()
    built = loop.build(name, implementation == "numba-nt", lanes)
    function = njit(nogil=True)(built.py_func)
    function(0, 0, 0, 0, 0, 512, 1.0, np.zeros(1, np.int64))
    found, label, body = [], "", []
    for line in next(iter(function.inspect_asm().values())).splitlines():
        text = line.split("#")[0].strip()
        if text.endswith(":"):
            label, body = text[:-1], []
        elif text and not text.startswith("."):
            body.append(text)
            if label and re.fullmatch(rf"(j|b)\S*\s+(\S+,\s*)?{re.escape(label)}", text):
                found.append(body)
                label, body = "", []
    register = {8: "%zmm", 4: "%ymm", 2: "%xmm"}[lanes]
    (wide,) = [b for b in found if sum(register in line for line in b) >= loop.GROUP]
    return wide


MOVES = {"read": (8, 0), "write": (0, 8), "copy": (8, 8), "triad": (16, 8)}


@pytest.mark.skipif("avx" not in target_features(), reason="reads x86 mnemonics")
@pytest.mark.parametrize(("name", "implementation"), WAYS)
def test_the_loop_holds_the_counted_loads_and_stores_alone(name: str, implementation: str) -> None:
    body = code_of(name, implementation)
    # AT&T order: a store has its memory operand last.
    stores = [line for line in body if line.endswith(")")]
    loads = [line for line in body if "(" in line and line not in stores]
    # LLVM may unroll a short loop once more.
    times = len(stores or loads) // loop.GROUP
    assert (len(loads), len(stores)) == tuple(times * count for count in MOVES[name])
    assert not any("%rsp" in line or "call" in line for line in body)
    past_the_cache = [line for line in stores if line.startswith("vmovnt")]
    assert len(past_the_cache) == (len(stores) if implementation == "numba-nt" else 0)


@pytest.mark.parametrize(
    ("name", "wrong", "because"),
    [
        ("copy", request(precision="fp32"), "no implementation 'numba' for fp32"),
        ("read", request("numba-nt"), "no implementation 'numba-nt' for fp64"),
        ("copy", request(device="cuda:0"), "through the CPU only, not through cuda:0"),
        ("copy", request(elements=0), "a shape (elements,) above zero"),
    ],
)
def test_what_cannot_run_is_refused_with_a_reason(name: str, wrong: Request, because: str) -> None:
    assert because in str(KERNELS[f"stream.{name}"].refuses(wrong))


def test_stores_past_the_cache_are_refused_where_llvm_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "architecture", lambda: "riscv64")
    assert KERNELS["stream.copy"].refuses(request()) is None
    assert (
        KERNELS["stream.copy"].refuses(request("numba-nt"))
        == "LLVM has no non-temporal stores for riscv64"
    )
