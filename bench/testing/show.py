"""Simulated machines to look at: `capbench run --simulate NAME`."""

from bench.errors import UsageError
from bench.evidence.inventory import Inventory
from bench.evidence.plan import Plan
from bench.evidence.stopping import StoppingRule
from bench.planning import plan
from bench.planning.profile import KernelEntry, Profile
from bench.testing.gpu_node import SimulatedNode

SIMULATIONS = {"eight-gpus": SimulatedNode}
"""By name: a node of eight cards with four faults among them."""
PROFILE = Profile(
    "simulated",
    "long enough on the scripted clock to be steady",
    7,
    StoppingRule(10, 12.0, 12.0, 0.5, sample_time_s=1.0),
    (
        KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator"),
        KernelEntry("stream.copy", ("fp64",), ("torch",), 2, device="accelerator"),
    ),
)


def simulation(name: str, only: tuple[str, ...] = ()) -> tuple[SimulatedNode, Inventory, Plan]:
    """Make a simulated machine, with what is found there and the plan of a short run.

    Raises UsageError for an unknown name.
    """
    if name not in SIMULATIONS:
        raise UsageError(
            f'No simulated machine is called "{name}".', f"Known are {', '.join(SIMULATIONS)}."
        )
    node = SIMULATIONS[name]()
    inventory = node.discovered()
    return node, inventory, plan(inventory, PROFILE, "0" * 64, None, only)
