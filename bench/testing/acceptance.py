"""An acceptance on the simulated node: the real session over scripted processes and their clock."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed, Outcome, Reason
from bench.evidence.plan import Case
from bench.evidence.shape_search import ShapeTrial
from bench.execution.acceptance.kept_worker import Said
from bench.execution.acceptance.log import Log
from bench.execution.acceptance.opening import begin, choose_card, take_up
from bench.execution.acceptance.session import AcceptanceSession
from bench.execution.protocol import Assignment
from bench.execution.runner import Listener
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import DeviceLost

PROCESS_S = 4.0
"""What the start of a process takes."""
CASE_S = 0.5
"""Operands and the check of the result."""


@dataclass(slots=True)
class SimulatedWorker:
    """Who carries out assignments on the node, in no time but that of its clock."""

    node: SimulatedNode
    before: Callable[[Assignment], None] = lambda assignment: None
    """Is told every assignment first, and may raise, or let time pass."""

    def carry_out(self, assignment: Assignment, limit_s: float, said: Said) -> Outcome:
        self.before(assignment)
        began_s = self.node.now_s
        self.node.now_s += CASE_S
        (outcome,) = self.node.execute((assignment,), limit_s, Listener())
        if self.node.now_s - began_s > limit_s:
            self.node.now_s = began_s + limit_s
            reason = Reason("timeout", f"took longer than {limit_s:.0f} s and was ended")
            return Failed(assignment.case.id, assignment.repeat, reason)
        return outcome

    def try_shapes(self, assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
        self.before(assignment)
        try:
            return self.node.try_shapes(assignment, limit_s)
        except DeviceLost as error:  # where there is a process, it dies of this
            self.node.now_s += PROCESS_S * len(assignment.shapes)
            return tuple(ShapeTrial(shape, None, str(error)) for shape in assignment.shapes)


@dataclass(slots=True)
class SimulatedWorkers:
    """Where they come from; each takes the time that a process needs to start."""

    node: SimulatedNode
    before: Callable[[Assignment], None] = lambda assignment: None
    started: int = 0

    def fresh(self) -> SimulatedWorker:
        self.started += 1
        self.node.now_s += PROCESS_S
        return SimulatedWorker(self.node, self.before)

    def close(self) -> None:
        pass


def simulated_acceptance(
    node: SimulatedNode,
    folder: Path,
    budget_s: float,
    name: str = "NVIDIA H100 80GB HBM3",
    before: Callable[[Assignment], None] = lambda assignment: None,
    tell: Callable[[str], None] = lambda text: None,
    card: str | None = None,
) -> AcceptanceSession:
    """A new acceptance of the node's first card, or of another, under the name of one that is sold.

    `before` is told every assignment, and may raise, or let time pass on the node's clock.
    """
    inventory = sold_as(node.discovered(), name)
    return begin(
        inventory, choose_card(inventory, card), budget_s, folder,
        lambda device, cpus: SimulatedWorkers(node, before), lambda: node.now_s,
        Log(folder / "accept.log", tell), line,
    )  # fmt: skip


def resumed_acceptance(
    node: SimulatedNode, folder: Path, budget_s: float, began_s: float
) -> AcceptanceSession:
    """The acceptance in this folder, taken up again at `began_s` on the node's clock."""
    return take_up(
        sold_as(node.discovered(), "NVIDIA H100 80GB HBM3"), None, budget_s, folder,
        lambda device, cpus: SimulatedWorkers(node), lambda: node.now_s - began_s,
        Log(folder / "accept.log"), line,
    )  # fmt: skip


def sold_as(inventory: Inventory, name: str) -> Inventory:
    """The inventory with every card under this name."""
    cards = tuple(
        device if device.backend == "cpu" else replace(device, name=name)
        for device in inventory.devices
    )
    return replace(inventory, devices=cards)


def line(case: Case, outcome: Outcome) -> str:
    """One outcome in one line."""
    return f"{case.metric} {outcome.repeat}: {outcome.kind}"
