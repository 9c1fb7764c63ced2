"""What CUDA's driver is asked, and what is made of its answers."""

import ctypes
from typing import Any

import pytest

from bench.machine.devices.cuda_driver import VisibleGpu, visible


class Driver:
    """libcuda with two cards, as it answers through pointers."""

    def __init__(self, fault: str | None = None, cards: int = 2) -> None:
        self._fault = fault
        self._cards = cards

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            if name == self._fault:
                return 999
            getattr(self, f"_{name}")(*arguments)
            return 0

        return call

    def _cuInit(self, flags: ctypes.c_uint) -> None:
        assert flags.value == 0

    def _cuDeviceGetCount(self, count: Any) -> None:
        count._obj.value = self._cards

    def _cuDeviceGet(self, device: Any, ordinal: ctypes.c_int) -> None:
        device._obj.value = 40 + ordinal.value

    def _cuDeviceGetName(self, name: Any, size: ctypes.c_int, device: ctypes.c_int) -> None:
        name.value = b"NVIDIA Example"

    def _cuDeviceGetPCIBusId(self, bus: Any, size: ctypes.c_int, device: ctypes.c_int) -> None:
        bus.value = f"0000:{device.value:02X}:00.0".encode()

    def _cuDeviceGetUuid_v2(self, uuid: Any, device: ctypes.c_int) -> None:
        uuid._obj[:] = bytes(range(15)) + bytes([device.value])

    def _cuDeviceTotalMem_v2(self, size: Any, device: ctypes.c_int) -> None:
        size._obj.value = 80 << 30

    def _cuDeviceGetAttribute(self, value: Any, number: ctypes.c_int, device: ctypes.c_int) -> None:
        value._obj.value = {16: 132, 75: 9, 76: 0}[number.value]

    def _cuGetErrorString(self, status: ctypes.c_int, text: Any) -> None:
        text._obj.value = b"unknown error"


def test_every_card_is_known_by_its_uuid_and_address() -> None:
    found = visible(Driver)

    assert isinstance(found, tuple)
    assert found[1] == VisibleGpu(
        ordinal=1,
        uuid="00010203-0405-0607-0809-0a0b0c0d0e29",
        pci_bus_id="0000:29:00.0",
        name="NVIDIA Example",
        memory_bytes=80 << 30,
        multiprocessors=132,
        capability="9.0",
    )


class OldDriver(Driver):
    """A driver that lacks some calls."""

    def __init__(self, *lacks: str) -> None:
        super().__init__(cards=1)
        self._lacks = lacks

    def __getattr__(self, name: str) -> Any:
        if name in self._lacks:
            raise AttributeError(f"undefined symbol: {name}")
        return super().__getattr__(name)

    def _cuDeviceGetUuid(self, uuid: Any, device: ctypes.c_int) -> None:
        uuid._obj[:] = bytes(16)


def test_a_driver_of_before_cuda_11_4_names_its_card_by_the_older_call() -> None:
    found = visible(lambda: OldDriver("cuDeviceGetUuid_v2"))

    assert isinstance(found, tuple)
    assert found[0].uuid == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("lacks", ["cuInit", "cuDeviceGetUuid", "cuDeviceTotalMem_v2"])
def test_a_driver_that_lacks_a_call_is_said_to(lacks: str) -> None:
    found = visible(lambda: OldDriver("cuDeviceGetUuid_v2", "cuGetErrorString", lacks))

    assert isinstance(found, str)
    assert "too old" in found
    assert lacks in found


def test_a_name_that_is_no_utf8_costs_only_its_wrong_bytes() -> None:
    class Garbled(Driver):
        def _cuDeviceGetName(self, name: Any, size: ctypes.c_int, device: ctypes.c_int) -> None:
            name.value = b"Tesla \xf8 V100"

    found = visible(Garbled)

    assert isinstance(found, tuple)
    assert found[0].name == "Tesla \N{REPLACEMENT CHARACTER} V100"


def test_without_a_driver_there_is_one_line() -> None:
    def absent() -> None:
        raise OSError("libcuda.so.1: cannot open shared object file")

    assert visible(absent) == "no NVIDIA driver here (libcuda.so.1 cannot be loaded)"


def test_a_driver_that_does_not_start_says_why() -> None:
    assert visible(lambda: Driver("cuInit")) == (
        "the NVIDIA driver cannot be used: cuInit: unknown error"
    )


def test_a_driver_that_shows_no_card_says_so() -> None:
    assert visible(lambda: Driver(cards=0)) == "the NVIDIA driver shows no GPU to this process"
