"""Simulated cards and an NVML that tells of them, for tests of whoever asks NVML."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

MULTIPROCESSORS = 132
MAX_CLOCK_HZ = 2e9
FLOP_PER_S = MULTIPROCESSORS * 4096 * MAX_CLOCK_HZ
"""Of a sound card at its highest clock: what Hopper's matrix units do in BF16, so that a sound
card reaches its peak and a faulty one loses exactly what the fault costs."""
POWER_W = 700.0
BURST_S = 2.0
"""Limits and temperatures act on a card after so long."""
OPS = 4 * 10**12
"""Of one launch: about 4 ms on a sound card."""


class DeviceLost(Exception):
    """What the simulated driver raises for a card that fell off the bus."""


class NVMLError(Exception):
    """What the simulated NVML answers with."""


@dataclass(frozen=True, slots=True)
class SimulatedGpu:
    """One card and what is wrong with it."""

    index: int
    speed: float = 1.0
    """Clock after the burst, as a share of the highest."""
    reasons: int = 0
    """Throttle reasons after the burst, as NVML's bits."""
    temperature_c: int = 60
    power_limit_w: float = POWER_W
    missing: frozenset[str] = frozenset()
    """NVML functions that the card does not support."""
    lost_after_s: float | None = None
    """Falls off the bus so long into a measurement."""
    result_error: float = 0.0
    refused: frozenset[str] = frozenset()
    """Precisions that its units do not have."""
    vbios: str = "00.00.00.00.01"

    @property
    def uuid(self) -> str:
        return f"{self.index:08x}-0000-4000-8000-000000000000"

    @property
    def pci_bus_id(self) -> str:
        return f"0000:{0x10 + self.index:02x}:00.0"


@dataclass(slots=True)
class Running:
    """One card while it is measured: its clock and its energy move with the work."""

    gpu: SimulatedGpu
    now_s: float = 0.0
    began_s: float = 0.0
    energy_j: float = 0.0

    @property
    def speed(self) -> float:
        return self.gpu.speed if self.now_s - self.began_s > BURST_S else 1.0

    @property
    def power_w(self) -> float:
        return min(POWER_W * self.speed, self.gpu.power_limit_w)

    def refusal(self, precision: str) -> str | None:
        return f"no {precision} here" if precision in self.gpu.refused else None

    def check(self) -> None:
        lost_after_s = self.gpu.lost_after_s
        if lost_after_s is not None and self.now_s - self.began_s > lost_after_s:
            raise DeviceLost("CUDA error: the GPU has fallen off the bus")

    def work(self) -> None:
        """One launch."""
        self.check()
        duration_s = OPS / (FLOP_PER_S * self.speed)
        self.energy_j += self.power_w * duration_s
        self.now_s += duration_s


class SimulatedNvml:
    """As much of NVML as is asked for, of cards that run or stand still."""

    NVMLError = NVMLError
    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU, NVML_VOLATILE_ECC = 1, 2, 0, 0
    NVML_MEMORY_ERROR_TYPE_CORRECTED, NVML_MEMORY_ERROR_TYPE_UNCORRECTED = 0, 1

    def __init__(self, cards: tuple[Running, ...]) -> None:
        self._cards = cards
        self._answers: dict[str, Callable[..., Any]] = {
            "nvmlDeviceGetPciInfo": _pci_info,
            "nvmlDeviceGetBoardPartNumber": lambda c: "SIMULATED",
            "nvmlDeviceGetVbiosVersion": lambda c: c.gpu.vbios,
            "nvmlDeviceGetInforomImageVersion": lambda c: "0.0",
            "nvmlDeviceGetGspFirmwareVersion": lambda c: b"simulated",
            "nvmlDeviceGetGpuMaxPcieLinkGeneration": lambda c: 5,
            "nvmlDeviceGetMemoryBusWidth": lambda c: 5120,
            "nvmlDeviceGetSerial": lambda c: f"{1000 + c.gpu.index}",
            "nvmlDeviceGetEccMode": lambda c: [1, 1],
            "nvmlDeviceGetVirtualizationMode": lambda c: 0,
            "nvmlDeviceGetMigMode": lambda c: [0, 0],
            "nvmlDeviceGetMaxClockInfo": lambda c, kind: 2000,
            "nvmlDeviceGetClockInfo": lambda c, kind: round(2000 * (c.speed if kind == 1 else 1)),
            "nvmlDeviceGetEnforcedPowerLimit": lambda c: round(c.gpu.power_limit_w * 1e3),
            "nvmlDeviceGetPowerManagementDefaultLimit": lambda c: round(POWER_W * 1e3),
            "nvmlDeviceGetPowerUsage": lambda c: round(c.power_w * 1e3),
            "nvmlDeviceGetTotalEnergyConsumption": lambda c: round(c.energy_j * 1e3),
            "nvmlDeviceGetTemperature": lambda c, kind: c.gpu.temperature_c,
            "nvmlDeviceGetUtilizationRates": lambda c: SimpleNamespace(gpu=100, memory=40),
            "nvmlDeviceGetCurrentClocksEventReasons": lambda c: c.gpu.reasons * (c.speed < 1),
            "nvmlDeviceGetComputeRunningProcesses": lambda c: [],
            "nvmlDeviceGetTotalEccErrors": lambda c, kind, counter: 0,
            "nvmlDeviceGetRemappedRows": lambda c: (0, 0, 0, 0),
            "nvmlDeviceGetMaxPcieLinkGeneration": lambda c: 5,
            "nvmlDeviceGetCurrPcieLinkGeneration": lambda c: 5,
            "nvmlDeviceGetMaxPcieLinkWidth": lambda c: 16,
            "nvmlDeviceGetCurrPcieLinkWidth": lambda c: 16,
        }

    def nvmlSystemGetDriverVersion(self) -> str:
        return "simulated"

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Running:
        for card in self._cards:
            if uuid == f"GPU-{card.gpu.uuid}":
                return card
        raise NVMLError("Not Found")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(card: Running, *arguments: Any) -> Any:
            if name in card.gpu.missing:
                raise NVMLError("Not Supported")
            return self._answers[name](card, *arguments)

        return answer


def _pci_info(card: Running) -> SimpleNamespace:
    """As the registers hold it: the device above the vendor."""
    return SimpleNamespace(
        busId=f"0000{card.gpu.pci_bus_id}", pciDeviceId=0x000110DE, pciSubSystemId=0x000210DE
    )
