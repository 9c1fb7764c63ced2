"""The GPUs that CUDA shows to this process, by the driver itself: no library, no context.

Only the driver knows which ordinal is which card: its order is not NVML's, and
CUDA_VISIBLE_DEVICES hides some. Cards are therefore known by their UUID.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.machine import text
from bench.machine.devices import pci

LIBRARY = "libcuda.so.1"
# cuda.h, CUdevice_attribute
_MULTIPROCESSORS = 16
_CAPABILITY_MAJOR = 75
_CAPABILITY_MINOR = 76
_UUID = ("cuDeviceGetUuid_v2", "cuDeviceGetUuid")
"""The second is of drivers before CUDA 11.4; it tells no MIG instance from another."""


@dataclass(frozen=True, slots=True)
class VisibleGpu:
    """One device as CUDA counts it."""

    ordinal: int
    uuid: str
    """Hexadecimal with dashes and without a prefix: that of a card, or of a MIG instance."""
    pci_bus_id: str
    name: str
    memory_bytes: int
    multiprocessors: int
    capability: str


class _Refused(Exception):
    """The driver answered a call with an error, or does not know it."""


def _load() -> Any:
    return ctypes.CDLL(LIBRARY)


def visible(load: Callable[[], Any] = _load) -> tuple[VisibleGpu, ...] | str:
    """Every GPU that this process may use, in CUDA's order; else why there is none."""
    try:
        cuda = load()
    except OSError:
        return f"no NVIDIA driver here ({LIBRARY} cannot be loaded)"
    try:
        _call(cuda, "cuInit", ctypes.c_uint(0))
        count = ctypes.c_int()
        _call(cuda, "cuDeviceGetCount", ctypes.byref(count))
        return tuple(_gpu(cuda, ordinal) for ordinal in range(count.value)) or (
            "the NVIDIA driver shows no GPU to this process"
        )
    except _Refused as refusal:
        return f"the NVIDIA driver cannot be used: {refusal}"


def _gpu(cuda: Any, ordinal: int) -> VisibleGpu:
    device = ctypes.c_int()
    _call(cuda, "cuDeviceGet", ctypes.byref(device), ctypes.c_int(ordinal))
    name = ctypes.create_string_buffer(256)
    _call(cuda, "cuDeviceGetName", name, ctypes.c_int(len(name)), device)
    bus = ctypes.create_string_buffer(32)
    _call(cuda, "cuDeviceGetPCIBusId", bus, ctypes.c_int(len(bus)), device)
    uuid = (ctypes.c_ubyte * 16)()
    _call(cuda, _known(cuda, *_UUID), ctypes.byref(uuid), device)
    memory = ctypes.c_size_t()
    _call(cuda, "cuDeviceTotalMem_v2", ctypes.byref(memory), device)

    def attribute(number: int) -> int:
        value = ctypes.c_int()
        _call(cuda, "cuDeviceGetAttribute", ctypes.byref(value), ctypes.c_int(number), device)
        return value.value

    return VisibleGpu(
        ordinal=ordinal,
        uuid=_dashed(bytes(uuid).hex()),
        pci_bus_id=pci.address(text.decoded(bus.value)),
        name=text.decoded(name.value) or "unnamed GPU",
        memory_bytes=memory.value,
        multiprocessors=attribute(_MULTIPROCESSORS),
        capability=f"{attribute(_CAPABILITY_MAJOR)}.{attribute(_CAPABILITY_MINOR)}",
    )


def _known(cuda: Any, *names: str) -> str:
    """The first of these calls that the driver has."""
    return next((name for name in names if hasattr(cuda, name)), names[0])


def _call(cuda: Any, name: str, *arguments: Any) -> None:
    if not hasattr(cuda, name):
        raise _Refused(f"it is too old, or imitates one: it has no {name}")
    status = getattr(cuda, name)(*arguments)
    if status == 0:
        return
    said = ctypes.c_char_p()
    if hasattr(cuda, "cuGetErrorString"):
        cuda.cuGetErrorString(ctypes.c_int(status), ctypes.byref(said))
    raise _Refused(f"{name}: {text.decoded(said.value) if said.value else f'error {status}'}")


def _dashed(digits: str) -> str:
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)
