"""Time limits of cases: for `plan`, and for ending a worker that hangs. Pure."""

from typing import assert_never

from bench.evidence.inventory import Inventory
from bench.evidence.plan import CPU, Case, GuaranteeCase, KernelCase, Plan, StorageCase
from bench.evidence.shape_search import ShapeSearch
from bench.planning.feasibility import array_bytes, infeasible_reason
from storage_bench.guarantee import definition as guarantees

START_S = {"torch": 4.0}
"""Rough time that a process needs before it measures, by implementation; for `plan` only."""
OTHER_START_S = 1.5
ACCELERATOR_START_S = 15.0
"""The same for an accelerator: its library, its context, operands made on the host."""
TRIAL_S = 3.0
"""Rough time that one shape of a search takes, operands included; for `plan` only."""
FIRST_TOUCH_BYTES_PER_S = 0.35e9
"""Of one core of a virtual machine whose memory the host hands out page by page, as measured on
two of them; bare metal is several times faster."""
SLOWEST_PASS_BYTES_PER_S = 10e6
"""What goes through the file under test more slowly than this could never keep a guarantee."""
INSPECTION_S = 300.0
"""For what is looked at before and after the load of a guarantee, on a slow drive."""


def longest_s(case: Case) -> float:
    """How long all repeats of a case may take, process start included."""
    match case:
        case KernelCase():
            start_s = ACCELERATOR_START_S
            if case.device == CPU:
                start_s = START_S.get(case.implementation, OTHER_START_S)
                start_s += array_bytes(case) / (FIRST_TOUCH_BYTES_PER_S * len(case.cpus))
            return case.repeats * (start_s + case.stopping.max_time_s)
        case StorageCase():
            return case.repeats * (OTHER_START_S + case.job.ramp_s + case.job.duration_s)
        case GuaranteeCase():
            pass_s = case.needed_bytes / SLOWEST_PASS_BYTES_PER_S  # written before, read after
            return case.repeats * (OTHER_START_S + 2 * pass_s + guarantee_s(case) + INSPECTION_S)
        case _:
            assert_never(case)


def guarantee_s(case: GuaranteeCase) -> float:
    """How long one replicate is under load: to settle, measured, and as a log writer."""
    tier = guarantees.load(case.guarantee).tiers[case.tier]
    return tier.settle_s + tier.duration_s + tier.append_s


def total_s(plan: Plan, inventory: Inventory) -> float:
    """How long the run may take: cases that run at the same time take the time of one."""
    searches = plan.searches if "torch" in inventory.software else ()
    return sum(map(search_s, searches)) + sum(
        max(
            (longest_s(case) for case in cases if infeasible_reason(case, inventory) is None),
            default=0.0,
        )
        for cases in plan.concurrent_groups()
    )


def search_s(search: ShapeSearch) -> float:
    """How long all trials of a search may take, process start included."""
    return ACCELERATOR_START_S + TRIAL_S * len(search.trials)
