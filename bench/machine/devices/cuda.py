"""NVIDIA GPUs: found by the CUDA driver, described and watched by NVML, timed by torch events."""

from collections.abc import Callable, Mapping
from typing import Any

from bench.evidence.codec import replace
from bench.evidence.inventory import Absent, Accelerator, Device
from bench.machine.cpu.counters import CpuCounters
from bench.machine.devices import cuda_driver, nvml
from bench.machine.devices.cuda_driver import VisibleGpu
from bench.machine.devices.events import EventWatch, NoSensors, Sensors
from bench.machine.devices.nvml import Nvml, NvmlSensors


def _torch_cuda() -> Any:
    import torch

    return torch.cuda


class CudaBackend:
    """Every GPU that CUDA shows to this process, known by its UUID."""

    name = "cuda"

    def __init__(
        self,
        visible: Callable[[], tuple[VisibleGpu, ...] | str] = cuda_driver.visible,
        start_nvml: Callable[[], Nvml | str] = nvml.start,
        torch_cuda: Callable[[], Any] = _torch_cuda,
    ) -> None:
        self._visible = visible
        self._start_nvml = start_nvml
        self._torch_cuda = torch_cuda

    def discover(self) -> tuple[Device, ...] | Absent:
        found = self._visible()
        if isinstance(found, str):
            return Absent(self.name, found)
        library = self._start_nvml()
        return tuple(_device(gpu, library) for gpu in found)

    def environment(self, device: Device, peers: tuple[Device, ...]) -> Mapping[str, str]:
        return {"CUDA_VISIBLE_DEVICES": ",".join(each.uuid for each in (device, *peers))}

    def watch(self, device: Device, cpus: tuple[int, ...]) -> EventWatch:
        return EventWatch(self._torch_cuda(), self.sensors(device), CpuCounters(cpus))

    def sensors(self, device: Device) -> Sensors:
        """NVML's sensors of this GPU, or the reason why there are none."""
        library = self._start_nvml()
        if isinstance(library, str):
            return NoSensors(library)
        bus = device.accelerator.pci_bus_id if device.accelerator is not None else None
        found = library.find(device.uuid.partition("-")[2], bus or "")
        if found is None:
            return NoSensors(f"NVML does not know {device.uuid}")
        return NvmlSensors(library, *found)


def _device(gpu: VisibleGpu, library: Nvml | str) -> Device:
    found = None if isinstance(library, str) else library.find(gpu.uuid, gpu.pci_bus_id)
    facts, prefix, driver = Accelerator(pci_bus_id=gpu.pci_bus_id), "GPU", None
    if found is not None and not isinstance(library, str):
        prefix, driver = found[1], library.driver()
        facts = library.facts(*found)
    return Device(
        backend="cuda",
        index=gpu.ordinal,
        uuid=f"{prefix}-{gpu.uuid}",
        name=gpu.name,
        # A worker is shown its own GPU alone, so that no kernel can take another by mistake.
        torch_device="cuda:0",
        memory_bytes=gpu.memory_bytes,
        driver=driver,
        accelerator=replace(
            facts, architecture=gpu.capability, multiprocessors=gpu.multiprocessors
        ),
    )
