"""Accelerators that torch drives, whoever made them: `torch.accelerator` finds and times them.

One backend claims a device. NVIDIA's are `cuda`'s, AMD's `rocm`'s, Huawei's `ascend`'s; the rest
(Cambricon, Moore Threads and those that imitate CUDA) are `accelerator`'s. All of them run the
torch kernels; what differs is who reads the sensors.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.evidence.inventory import Absent, Accelerator, Device
from bench.machine.cpu.counters import CpuCounters
from bench.machine.devices.events import EventWatch, NoSensors, Sensors

VISIBLE = {
    "cuda": "CUDA_VISIBLE_DEVICES",
    "hip": "HIP_VISIBLE_DEVICES",
    "npu": "ASCEND_RT_VISIBLE_DEVICES",
    "mlu": "MLU_VISIBLE_DEVICES",
    "musa": "MUSA_VISIBLE_DEVICES",
}
"""The variable that hides devices, by torch's kind of device (`hip` is AMD's `cuda`)."""

PLUGINS = ("torch_npu", "torch_mlu", "torch_musa")
"""Packages that teach torch a kind of device; recent ones are loaded by torch itself."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Whose devices a backend claims, and how they show without loading any library."""

    backend: str
    title: str
    nodes: tuple[str, ...]
    """Globs below the root of device files that the driver makes."""


OTHERS = Maker(
    "accelerator",
    "Cambricon, Moore Threads, MetaX or Iluvatar device",
    ("dev/cambricon_dev*", "dev/mtgpu*", "dev/mxcd", "dev/iluvatar*"),
)


def load_torch() -> Any | None:
    """torch with its plugins, or None where it is not installed."""
    if find_spec("torch") is None:
        return None
    for plugin in PLUGINS:
        if find_spec(plugin) is not None:
            __import__(plugin)
    import torch

    return torch


def claimant(kind: str, hip: bool, nvidia: bool) -> str:
    """The one backend for torch's kind of device.

    >>> claimant("cuda", hip=True, nvidia=False)
    'rocm'
    """
    match kind:
        case "cuda" if hip:
            return "rocm"
        case "cuda" if nvidia:
            return "cuda"
        case "npu":
            return "ascend"
        case _:
            return "accelerator"


def narrowed(
    variable: str, ordinals: Sequence[int], environment: Mapping[str, str]
) -> dict[str, str]:
    """Show a worker some devices of those that are shown to us, in this order.

    >>> narrowed("HIP_VISIBLE_DEVICES", (1,), {"HIP_VISIBLE_DEVICES": "4,6"})
    {'HIP_VISIBLE_DEVICES': '6'}
    """
    shown = [entry.strip() for entry in environment.get(variable, "").split(",") if entry.strip()]
    names = (shown[i] if i < len(shown) else str(i) for i in ordinals)
    return {variable: ",".join(names)}


class TorchBackend:
    """The devices of one maker, through torch."""

    def __init__(
        self,
        maker: Maker = OTHERS,
        sensors: Callable[[Device], Sensors] | None = None,
        torch: Callable[[], Any | None] = load_torch,
        root: Path = Path("/"),
        describe: Callable[[Device], Device] = lambda device: device,
    ) -> None:
        """`describe` adds to what torch tells of a device what its own library tells."""
        self.name = maker.backend
        self._describe = describe
        self._maker = maker
        self._sensors = sensors
        self._torch = torch
        self._root = root

    def discover(self) -> tuple[Device, ...] | Absent:
        # torch takes seconds to load: only where the driver's device files stand.
        if not any(next(self._root.glob(node), None) for node in self._maker.nodes):
            return Absent(self.name, f"no {self._maker.title} here")
        torch = self._torch()
        if torch is None:
            reason = "torch is not installed; pip install '.[gpu]', or your vendor's build"
            return Absent(self.name, f"a {self._maker.title} is here, and {reason}")
        found = current(torch)
        if found is None:
            return Absent(
                self.name,
                f"a {self._maker.title} is here, and torch {torch.__version__} finds none",
            )
        kind, hip = found
        nvidia = (self._root / "dev/nvidiactl").exists()
        if (owner := claimant(kind, hip, nvidia)) != self.name:
            return Absent(self.name, f"torch drives {kind} devices here, which are {owner}'s")
        module = getattr(torch, kind)
        return tuple(
            self._describe(_device(self.name, kind, hip, module, ordinal))
            for ordinal in range(torch.accelerator.device_count())
        )

    def environment(self, device: Device, peers: tuple[Device, ...]) -> Mapping[str, str]:
        kind = device.torch_device.partition(":")[0]
        variable = VISIBLE.get("hip" if self.name == "rocm" else kind)
        ordinals = tuple(each.index for each in (device, *peers))
        return narrowed(variable, ordinals, os.environ) if variable else {}

    def watch(self, device: Device, cpus: tuple[int, ...]) -> EventWatch:
        torch = self._torch()
        assert torch is not None
        module = getattr(torch, device.torch_device.partition(":")[0])
        reader = self._sensors or (lambda _: NoSensors(f"sensors: no reader for {self.name}"))
        return EventWatch(module, reader(device), CpuCounters(cpus))


def current(torch: Any) -> tuple[str, bool] | None:
    """torch's kind of accelerator and whether it is AMD's; None where it drives none."""
    if not hasattr(torch, "accelerator") or not torch.accelerator.is_available():
        return None
    return torch.accelerator.current_accelerator().type, bool(getattr(torch.version, "hip", None))


def _device(backend: str, kind: str, hip: bool, module: Any, ordinal: int) -> Device:
    properties = module.get_device_properties(ordinal)
    hidden = VISIBLE.get("hip" if hip else kind) is not None
    uuid = getattr(properties, "uuid", None)
    return Device(
        backend=backend,
        index=ordinal,
        # Without an identity from the driver the order of discovery has to do.
        uuid=f"{backend}-{ordinal}" if uuid is None else f"{backend}-{uuid}",
        name=str(properties.name),
        torch_device=f"{kind}:0" if hidden else f"{kind}:{ordinal}",
        memory_bytes=getattr(properties, "total_memory", None),
        driver=None,
        accelerator=Accelerator(
            architecture=getattr(properties, "gcnArchName", None),
            multiprocessors=getattr(properties, "multi_processor_count", None),
        ),
    )
