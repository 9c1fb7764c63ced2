"""Make the golden bundle again: `python tests/golden/generate.py [folder]`, from the root.

Whoever does this has changed the evidence format, and reads the difference. No figure in it was
measured on hardware.
"""

import sys
from pathlib import Path

from bench.analysis import conclude
from bench.evidence import Evidence, Tool
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.stopping import StoppingRule
from bench.execution.runner import run_plan
from bench.execution.shapes.tuning import tune
from bench.planning import plan
from bench.planning.profile import KernelEntry, Profile
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu

BUNDLE = Path(__file__).parent / "bundles" / "synthetic-three-gpus"
POWER_CAP = 0x4
"""NVML's bit for a clock that the power limit holds down."""
THREE = (
    SimulatedGpu(0),
    SimulatedGpu(1, speed=0.86, reasons=POWER_CAP, power_limit_w=600.0),
    SimulatedGpu(2, lost_after_s=4.0),
)
PROFILE = Profile(
    "synthetic",
    "three cards, of which one is held down and one falls off the bus",
    7,
    StoppingRule(10, 12.0, 12.0, 0.5, sample_time_s=1.0),
    (
        KernelEntry(
            "gemm", ("bf16",), ("torch",), 2, device="accelerator", cards=("together", "alone")
        ),
        KernelEntry("stream.copy", ("fp64",), ("torch",), 2, device="accelerator"),
    ),
)


def evidence() -> Evidence:
    """The node of three cards, measured by the real program over simulated drivers."""
    node = SimulatedNode(THREE)
    inventory = replace(node.discovered(), sources_sha256="0" * 64, absent=())
    planned = tune(plan(inventory, PROFILE, "0" * 64, None), inventory, try_=node.try_shapes)
    outcomes, interrupted = run_plan(planned, inventory, lambda outcome: None, execute=node.execute)
    return conclude(
        Tool("capbench", "0.1.0", "0" * 64), "00000000-0000-0000-0000-000000000000",
        "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00",
        inventory, planned, outcomes, interrupted,
    )  # fmt: skip


def generate(folder: Path) -> None:
    """Write the bundle into the folder; files that it no longer has go."""
    for old in folder.rglob("*.json"):
        old.unlink()
    made = evidence()
    writer = BundleWriter(folder, made.inventory, made.plan, reopened=folder.exists())
    for outcome in made.outcomes:
        writer.add(outcome)
    writer.finish(made)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLE)
