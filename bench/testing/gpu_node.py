"""A simulated node of eight GPUs with something wrong in half of them, for tests.

Only the outermost layer is simulated: the CUDA driver, NVML, torch's events and the work itself.
What finds, plans, times, watches, checks and concludes is the real code. Such evidence says
SIMULATED and can never be certified.
"""

from dataclasses import dataclass, field
from pathlib import Path

from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed, Outcome, Reason
from bench.evidence.plan import KernelCase
from bench.evidence.shape_search import ShapeTrial
from bench.execution.case_runners import request_of, run_kernel
from bench.execution.protocol import Assignment
from bench.execution.runner import Listener
from bench.execution.shapes.trials import try_shapes
from bench.machine import discover
from bench.machine.cpu.counters import CpuCounters
from bench.machine.devices.cuda import CudaBackend
from bench.machine.devices.cuda_driver import VisibleGpu
from bench.machine.devices.events import EventWatch
from bench.machine.devices.nvml import Nvml, NvmlSensors
from bench.testing.machine import simulated_inventory
from bench.testing.scripted import SimulatedLaunch
from bench.testing.simulated_nvml import (
    MULTIPROCESSORS,
    OPS,
    DeviceLost,
    Running,
    SimulatedGpu,
    SimulatedNvml,
)
from kernels.kernel import Kernel, Launch, Request, Work

NAME = "Simulated GPU"
SLOW_SHAPE = (8192, 8192, 8192)
SLOW_SHARE = 0.9
"""What is reached in that shape, as if its powers of two piled up on one memory channel."""

_SOFTWARE_POWER_CAP = 0x4
_SOFTWARE_THERMAL = 0x20


def eight() -> tuple[SimulatedGpu, ...]:
    """Card 2 is too hot, 4 power-capped, 5 lacks a sensor, 6 falls off the bus."""
    faults = {
        2: SimulatedGpu(2, speed=0.8, reasons=_SOFTWARE_THERMAL, temperature_c=87),
        4: SimulatedGpu(4, speed=0.86, reasons=_SOFTWARE_POWER_CAP, power_limit_w=600.0),
        5: SimulatedGpu(5, missing=frozenset({"nvmlDeviceGetTotalEnergyConsumption"})),
        6: SimulatedGpu(6, lost_after_s=4.0),
    }
    return tuple(faults.get(index, SimulatedGpu(index)) for index in range(8))


class _Events:
    """torch.cuda's face: events that read the card's clock."""

    def __init__(self, card: Running) -> None:
        self._card = card

    def Event(self, enable_timing: bool) -> "_Event":
        return _Event(self._card)

    def synchronize(self) -> None:
        self._card.check()


@dataclass(slots=True)
class _Event:
    card: Running
    at_s: float = 0.0

    def record(self) -> None:
        self.at_s = self.card.now_s

    def synchronize(self) -> None:
        self.card.check()

    def elapsed_time(self, end: "_Event") -> float:
        return (end.at_s - self.at_s) * 1e3


@dataclass(slots=True)
class SimulatedNode:
    """The node: what is found in it, and how a run on it goes."""

    gpus: tuple[SimulatedGpu, ...] = field(default_factory=eight)
    now_s: float = 0.0

    def discovered(self) -> Inventory:
        """The real discovery over the simulated driver and NVML."""
        cards = tuple(Running(gpu) for gpu in self.gpus)
        visible = tuple(
            VisibleGpu(g.index, g.uuid, g.pci_bus_id, NAME, 80 << 30, MULTIPROCESSORS, "9.0")
            for g in self.gpus
        )
        backend = CudaBackend(lambda: visible, lambda: Nvml(SimulatedNvml(cards)))
        found = discover(None, (backend,), {})
        stand_in = simulated_inventory("simulated-node", cores=16)
        return replace(found, host=stand_in.host, software={"torch": "simulated"}, simulated=True)

    def execute(
        self, assignments: tuple[Assignment, ...], limit_s: float, listener: Listener
    ) -> tuple[Outcome, ...]:
        """Carry out assignments that begin at the same moment, each on its own card."""
        cards = [self._card(assignment) for assignment in assignments]
        outcomes = tuple(
            _carry_out(assignment, card)
            for assignment, card in zip(assignments, cards, strict=True)
        )
        self.now_s = max(card.now_s for card in cards)
        return outcomes

    def try_shapes(self, assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
        """Carry out a search on the card of the assignment."""
        card = self._card(assignment)
        case, device = assignment.case, assignment.device
        assert isinstance(case, KernelCase)
        assert device is not None
        asked = request_of(case, assignment.repeat, device)
        trials = tuple(try_shapes(_kernel(case, card), asked, assignment.shapes, _watch(card)))
        self.now_s = card.now_s
        return trials

    def _card(self, assignment: Assignment) -> Running:
        assert assignment.device is not None
        uuid = assignment.device.uuid
        gpu = next(gpu for gpu in self.gpus if f"GPU-{gpu.uuid}" == uuid)
        return Running(gpu, self.now_s, self.now_s)


def _carry_out(assignment: Assignment, card: Running) -> Outcome:
    case = assignment.case
    assert isinstance(case, KernelCase)
    assert assignment.device is not None

    kernel, watch = _kernel(case, card), _watch(card)
    try:
        return run_kernel(
            case, assignment.repeat, assignment.device, kernel, lambda: watch, lambda message: None
        )
    except DeviceLost as error:  # where there is a process, it dies of this
        return Failed(
            case.id, assignment.repeat, Reason("worker-failed", f"the worker failed: {error}")
        )


def _kernel(case: KernelCase, card: Running) -> Kernel:
    def prepare(request: Request) -> Launch:
        ops = round(OPS * (SLOW_SHARE if request.shape == SLOW_SHAPE else 1))
        return _SimulatedWork(Work(ops, OPS // 100), result_error=card.gpu.result_error, card=card)

    return Kernel(
        name=case.kernel,
        measures="bytes" if case.unit == "B/s" else "ops",
        implementations=(case.implementation,),
        precisions=(case.precision,),
        refuses=lambda request: card.refusal(request.precision.name),
        prepare=prepare,
    )


def _watch(card: Running) -> EventWatch:
    sensors = NvmlSensors(Nvml(SimulatedNvml((card,))), card, "GPU")
    nobody = CpuCounters((), Path("/nowhere"))
    return EventWatch(_Events(card), sensors, nobody, lambda: card.now_s, reads_beside_load=False)


@dataclass(slots=True, kw_only=True)
class _SimulatedWork(SimulatedLaunch):
    """Work that is done by letting the card's clock run."""

    card: Running

    def run(self) -> None:
        self.card.work()
