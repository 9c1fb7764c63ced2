"""One card has one owner, and a driver that fails costs its own devices alone."""

from dataclasses import dataclass
from typing import cast

import pytest

from bench.evidence.inventory import Absent, Device
from bench.machine.claims import find
from bench.machine.devices.backend import Backend


def device(backend: str, name: str, torch_device: str = "cuda:0") -> Device:
    return Device(backend, 0, f"{backend}-0", name, torch_device, 32 << 30, None)


@dataclass
class Finds:
    name: str
    devices: tuple[Device, ...]

    def discover(self) -> tuple[Device, ...]:
        return self.devices


class Breaks:
    name = "rocm"

    def discover(self) -> tuple[Device, ...]:
        raise OSError("librocm.so: undefined symbol: f\nmore of it")


def found(*backends: object) -> dict[str, tuple[Device, ...] | Absent]:
    return find(tuple(cast(Backend, each) for each in backends))


@pytest.mark.parametrize("name", ["Iluvatar BI-V150", "Iluvatar BI-V150 [imitation]"])
def test_a_card_that_imitates_nvidia_is_its_makers_alone(name: str) -> None:
    makers = device("accelerator", "Iluvatar BI-V150")

    both = found(Finds("cuda", (device("cuda", name),)), Finds("accelerator", (makers,)))

    assert both["accelerator"] == (makers,)
    assert isinstance(both["cuda"], Absent)
    assert "accelerator's" in both["cuda"].reason


def test_cards_of_two_makers_stay_two() -> None:
    nvidia, ascend = device("cuda", "NVIDIA H20"), device("ascend", "Ascend 910B", "npu:0")
    amd = device("rocm", "AMD Instinct MI300X")

    both = found(Finds("cuda", (nvidia,)), Finds("rocm", (amd,)), Finds("ascend", (ascend,)))

    assert both == {"cuda": (nvidia,), "rocm": (amd,), "ascend": (ascend,)}


def test_a_driver_that_raises_is_absent_in_one_line() -> None:
    absent = found(Breaks())["rocm"]

    assert absent == Absent(
        "rocm", "looking for its devices failed: OSError: librocm.so: undefined symbol: f"
    )
