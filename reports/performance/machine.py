"""The analysis of one machine, without the samples it was derived from."""

from dataclasses import dataclass, replace

from bench.evidence import Tool
from bench.evidence.conclusions import CaseJudgement, Estimate
from bench.evidence.inventory import Inventory
from bench.evidence.plan import Plan
from reports.performance.accelerators.chosen_shapes import ChosenShape
from reports.performance.accelerators.nodes import NodeRun
from reports.performance.accelerators.runs import AcceleratorRun
from reports.performance.omissions import Omission
from reports.performance.peak import Peak
from reports.performance.processor.caches import CacheLevel, Step
from reports.performance.processor.interference import Interference
from reports.performance.processor.roofline import Roofline
from reports.performance.samples import Series
from reports.performance.verified import AuditFinding

MAX_MACHINES = 50
"""More of them are a fleet: a table with a line for each would be read by nobody."""


def is_fleet(machines: int) -> bool:
    """Whether so many machines are shown together, and only some of them one by one."""
    return machines > MAX_MACHINES


@dataclass(frozen=True, slots=True)
class MeasuredReplicates:
    """How a guarantee's replicates came about."""

    case_id: str
    measured: int
    resumed: bool
    """Whether the run was cut off and taken up again between two of them."""


@dataclass(frozen=True, slots=True)
class MachineAnalysis:
    """One machine in one run."""

    tool: Tool
    run_id: str
    started_at: str
    finished_at: str
    interrupted: str | None
    inventory: Inventory
    plan: Plan
    estimates: tuple[Estimate, ...]
    judgements: tuple[CaseJudgement, ...]
    findings: tuple[AuditFinding, ...]
    """Where the evidence contradicts itself, the program or physics."""
    identities: tuple[tuple[str, str], ...]
    """What no other machine has: its name, and its value."""
    peaks: tuple[Peak, ...]
    remarks: tuple[str, ...]
    """What a reader has to know of its settings, its libraries and its accelerators."""
    accelerators: tuple[AcceleratorRun, ...]
    nodes: tuple[NodeRun, ...]
    shapes: tuple[ChosenShape, ...]
    caches: tuple[CacheLevel, ...]
    steps: tuple[Step, ...]
    rooflines: tuple[Roofline, ...]
    disturbances: tuple[Interference, ...]
    omissions: tuple[Omission, ...]
    series: tuple[Series, ...]
    """What is left of the samples: rates over time, for charts and tables."""
    replicates: tuple[MeasuredReplicates, ...]

    def condensed(self) -> "MachineAnalysis":
        """What a report on a fleet keeps of each machine: no series, no tables of its own."""
        return replace(
            self,
            peaks=tuple(peak for peak in self.peaks if peak.impossible),
            accelerators=(),
            nodes=(),
            shapes=(),
            caches=(),
            steps=(),
            rooflines=(),
            disturbances=(),
            series=(),
        )

    @property
    def host(self) -> str:
        return self.inventory.host.hostname
