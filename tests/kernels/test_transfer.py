"""Transfers, on torch's CPU device in the place of an accelerator."""

from dataclasses import replace

import pytest

from kernels import KERNELS
from kernels.kernel import Place, Request
from kernels.precision import PRECISIONS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

SIZE = 10_000
ASKED = Request("torch", PRECISIONS["int8"], (SIZE,), 7, Place("cpu", (0,)))
ON_CUDA = replace(ASKED, place=Place("cuda:0", (0,)))


def launch(direction: str):  # type: ignore[no-untyped-def]
    from kernels.transfer.launch import TransferLaunch

    return TransferLaunch(ASKED, direction)  # type: ignore[arg-type]


@pytest.mark.parametrize(("direction", "copies"), [("h2d", 1), ("d2h", 1), ("both", 2)])
def test_every_byte_arrives_in_every_launch(direction: str, copies: int) -> None:
    made = launch(direction)
    for _ in range(3):
        made.run()
        assert made.error() == made.tolerance == 0.0
    assert (made.work.bytes_moved, made.work.ops) == (copies * SIZE, 0)
    made.close()


@pytest.mark.parametrize("direction", ["h2d", "d2h", "both"])
def test_a_copy_that_was_not_made_is_caught(direction: str) -> None:
    made = launch(direction)
    assert made.error() > 0.9
    made.run()
    made._shift = 4096 - made._shift

    assert made.error() > 0.9


@pytest.mark.parametrize("number", [0, 1])
def test_one_wrong_byte_of_either_direction_is_caught(number: int) -> None:
    made = launch("both")
    made.run()
    made._copies[number].target[SIZE - 1] ^= 1

    assert made.error() == 1 / SIZE


def test_a_transfer_between_devices_goes_to_the_next_and_says_by_which_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kernels.transfer.peer import peer, way

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "can_device_access_peer", lambda a, b: str(b) == "cuda:1")

    def target(device: str, step: int) -> str:
        return str(peer(replace(ASKED, shape=(SIZE, step), place=Place(device, (0,)))))

    assert [target(f"cuda:{i}", 1) for i in range(4)] == ["cuda:1", "cuda:2", "cuda:3", "cuda:0"]
    assert (target("cuda:3", 2), target("cuda:3", 4)) == ("cuda:1", "None")
    devices = [torch.device("cuda", i) for i in range(3)]
    assert way(devices[0], devices[1]) == "direct"
    assert way(devices[0], devices[2]) == "through the host"


def refusal(kernel: str, asked: Request) -> str:
    return str(KERNELS[kernel].refuses(asked))


def test_a_request_that_cannot_run_is_refused_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "has stream.copy" in refusal("transfer.h2d", ASKED)
    assert "finds no cuda device" in refusal("transfer.h2d", ON_CUDA)
    assert "(bytes,)" in refusal("transfer.h2d", replace(ON_CUDA, shape=(SIZE, 1)))
    assert "(bytes, step)" in refusal("transfer.p2p", ON_CUDA)
    abacus = replace(ON_CUDA, implementation="abacus")
    assert "no implementation 'abacus'" in refusal("transfer.h2d", abacus)


def test_a_lone_device_has_no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    asked = replace(ON_CUDA, shape=(SIZE, 1))
    assert refusal("transfer.p2p", asked) == "there is no other device to copy to"
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert KERNELS["transfer.p2p"].refuses(asked) is None


def test_a_device_beyond_the_last_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    asked = replace(ASKED, place=Place("cuda:1", (0,)))
    assert refusal("transfer.h2d", asked) == "torch finds 1 cuda devices, not cuda:1"


def test_without_torch_the_refusal_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernels.runtime.torch_device.find_spec", lambda name: None)
    wanted = "torch is not installed; pip install '.[gpu]'"
    assert refusal("transfer.d2h", ON_CUDA) == wanted
