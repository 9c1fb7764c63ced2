"""Evidence of machines that were never there, from the real types, and facilities to match."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bench.analysis import conclude
from bench.evidence import Evidence, Tool
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.inventory import Device, Storage
from bench.evidence.stopping import StoppingRule
from bench.execution.runner import run_plan
from bench.execution.shapes.tuning import tune
from bench.planning import plan as plan_for
from bench.planning.profile import KernelEntry, Profile
from bench.testing.complete_run import simulated_run
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.capacity_plan import load as load_plan
from reports.declarations.facility import Facility, load
from reports.declarations.policy import Policy
from reports.declarations.policy import load as load_policy
from storage_bench.media.classes import EvidenceLevel, Leaf, Media, MediaClass

ROOT = Path(__file__).parents[2]

MakeEvidence = Callable[..., Evidence]
MakeFacility = Callable[[str], Facility]


@pytest.fixture
def make_evidence() -> MakeEvidence:
    """Evidence of one machine; `rates` are metric -> FLOP/s, each with bounds 1 % away.

    What an accelerator reaches it also holds.
    """

    def make(
        host: str = "node1",
        rates: Mapping[str, float] | None = None,
        accelerator: str | None = None,
        processor: str = "Example CPU",
        isa: tuple[str, ...] = ("avx2", "fma"),
        storage: Storage | None = None,
        unit: str = "FLOP/s",
    ) -> Evidence:
        run = simulated_run(host)
        inventory = run.inventory
        cpu = replace(inventory.host.processor, model_name=processor, isa=isa)
        devices = (replace(inventory.devices[0], name=processor),)
        if accelerator is not None:
            devices += (Device("cuda", 0, f"GPU-{host}", accelerator, "cuda:0", 80 << 30, "1"),)
        found = {"cpu.vector.fp32": 1e12} if rates is None else rates
        return replace(
            run,
            run_id=f"run-{host}",
            inventory=replace(
                inventory,
                host=replace(inventory.host, processor=cpu),
                devices=devices,
                storage=storage,
                simulated=False,
            ),
            estimates=tuple(
                Estimate(metric, statistic, rate, rate * 0.99, rate * 1.01, unit, 0.75, 3)
                for metric, statistic, rate in _held(found)
            ),
        )

    return make


def _held(rates: Mapping[str, float]) -> Iterator[tuple[str, Statistic, float]]:
    """The same, and what every accelerator sustains."""
    for name, rate in rates.items():
        metric, _, last = name.rpartition(".")
        if last in ("per_cycle", "clock"):
            yield metric, Statistic(last), rate
        else:
            yield name, Statistic.VALUE, rate
    for metric, rate in rates.items():
        if metric.startswith("cuda."):
            yield metric, Statistic.SUSTAINED, rate


@pytest.fixture(scope="session")
def simulate() -> Callable[..., Evidence]:
    """Evidence of a node of these GPUs: one matrix product, together and alone."""

    def make(*gpus: SimulatedGpu, seconds: float = 20.0) -> Evidence:
        stopping = StoppingRule(10, seconds, seconds, 0.5, sample_time_s=0.5)
        entry = KernelEntry(
            "gemm", ("bf16",), ("torch",), 2, device="accelerator", cards=("together", "alone")
        )
        node = SimulatedNode(gpus) if gpus else SimulatedNode()
        inventory = node.discovered()
        profile = Profile("simulated", "every card", 7, stopping, (entry,))
        asked = plan_for(inventory, profile, "0" * 64, None)
        plan = tune(asked, inventory, try_=node.try_shapes)
        outcomes, interrupted = run_plan(
            plan, inventory, lambda outcome: None, execute=node.execute
        )
        return conclude(
            Tool("capbench", "0.0.0", "0" * 64), "00000000-0000-0000-0000-000000000000",
            "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00",
            inventory, plan, outcomes, interrupted,
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def node(simulate: Callable[..., Evidence]) -> Evidence:
    """Eight GPUs: 2 is too hot, 4 power-capped, 5 lacks a sensor, 6 falls off the bus."""
    return simulate()


@pytest.fixture
def make_facility(tmp_path: Path) -> MakeFacility:
    """A facility from TOML text, read as a user's file is."""

    def make(text: str) -> Facility:
        path = tmp_path / "facility.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return make


@pytest.fixture
def flash() -> Storage:
    """Two flash drives of 1 TB and 2 TB under one path."""
    leaves = tuple(
        Leaf(name, MediaClass.FLASH, EvidenceLevel.SYSFS, "rotational is 0", None, name, size,
             "nvme", False)
        for name, size in (("nvme0n1", 10**12), ("nvme1n1", 2 * 10**12))
    )  # fmt: skip
    media = Media(MediaClass.FLASH, EvidenceLevel.SYSFS, "all leaves are flash", leaves)
    return Storage("/data", "xfs", 10**11, media)


@pytest.fixture
def plan() -> CapacityPlan:
    return load_plan("chongqing-2023-2025")


@pytest.fixture
def policy() -> Policy:
    return load_policy("fp32-bitwidth@1")


@pytest.fixture
def example_city() -> Facility:
    return load(ROOT / "reports/declarations/examples/example-city.toml")
