"""The streams of accelerators, on torch's CPU device."""

from dataclasses import replace

import pytest

from kernels import KERNELS
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS
from kernels.stream.kinds import KINDS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ELEMENTS = 10_000
ASKED = Request("torch", PRECISIONS["fp64"], (ELEMENTS,), 7, Place("cpu", (0,)))


BY_KERNEL = "copy, elementwise"
WAYS = [*KINDS, BY_KERNEL]


def launch(kind: str, launch_bytes: float = 1.0):  # type: ignore[no-untyped-def]
    from kernels.stream.torch_launch import TorchStreamLaunch

    if kind == BY_KERNEL:
        asked = replace(ASKED, implementation="torch-elementwise")
        return TorchStreamLaunch(asked, KINDS["copy"], launch_bytes)
    return TorchStreamLaunch(ASKED, KINDS[kind], launch_bytes)


@pytest.mark.parametrize("kind", WAYS)
def test_every_launch_gives_the_right_result(kind: str) -> None:
    made = launch(kind)
    for _ in range(3):
        made.run()
        assert made.error() <= made.tolerance
    made.close()


@pytest.mark.parametrize("kind", WAYS)
def test_nothing_is_right_before_it_ran(kind: str) -> None:
    made = launch(kind)

    assert not (made.error() <= made.tolerance)


@pytest.mark.parametrize("kind", WAYS)
def test_a_launch_that_leaves_the_result_of_the_one_before_is_caught(kind: str) -> None:
    made = launch(kind, launch_bytes=5e5)
    made.run()
    assert made.error() <= made.tolerance
    made._sweep = lambda: None
    made.run()

    assert not (made.error() <= made.tolerance)


@pytest.mark.parametrize("kind", ["write", "copy", "triad", BY_KERNEL])
@pytest.mark.parametrize("wrong", [1e-9, float("nan")])
def test_one_wrong_element_is_caught(kind: str, wrong: float) -> None:
    made = launch(kind)
    made.run()
    made._target[ELEMENTS - 1] += wrong

    assert not (made.error() <= made.tolerance)


def test_one_wrong_bit_of_a_sum_is_caught() -> None:
    made = launch("read")
    made.run()
    made._sum += 1

    assert made.error() == float("inf")


@pytest.mark.parametrize(
    ("kind", "bytes_each", "ops"),
    [("read", 8, 0), ("write", 8, 0), ("copy", 16, 0), ("triad", 24, 2)],
)
def test_the_work_of_a_launch_is_that_of_its_sweeps(kind: str, bytes_each: int, ops: int) -> None:
    # Three sweeps, or two: then one is added, so that launches in a row end differently.
    work = launch(kind, launch_bytes=2.6 * bytes_each * ELEMENTS).work
    assert (work.bytes_moved, work.ops) == (3 * bytes_each * ELEMENTS, 3 * ops * ELEMENTS)
    assert launch(kind, launch_bytes=2 * bytes_each * ELEMENTS).work == work


def test_equal_seeds_give_equal_numbers() -> None:
    first, again = launch("read"), launch("read")

    assert torch.equal(first._sources[0], again._sources[0])
    assert 1.0 <= float(first._sources[0].min()) < float(first._sources[0].max()) < 2.0


def test_torch_streams_through_accelerators_only() -> None:
    copy = KERNELS["stream.copy"]

    assert "torch streams through accelerators only" in str(copy.refuses(ASKED))
    by_kernel = replace(ASKED, implementation="torch-elementwise")
    assert "torch-elementwise streams through acc" in str(copy.refuses(by_kernel))
    assert "no implementation" in str(KERNELS["stream.triad"].refuses(by_kernel))


def test_without_the_device_the_refusal_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    asked = Request("torch", ASKED.precision, ASKED.shape, 7, Place("cuda:0", (0,)))

    assert (
        KERNELS["stream.copy"].refuses(asked) == f"torch {torch.__version__} finds no cuda device"
    )


def test_arrays_that_the_device_cannot_hold_are_a_memory_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*sizes: object, **options: object) -> None:
        raise torch.cuda.OutOfMemoryError("tried to allocate 3 TiB")

    monkeypatch.setattr(torch, "empty", full)
    with pytest.raises(MemoryError, match="3 TiB"):
        launch("copy")
