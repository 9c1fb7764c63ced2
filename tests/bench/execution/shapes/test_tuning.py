"""Shapes are tried once a model and precision, and written into every case that they decide."""

import pytest

from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.shape_search import NOT_TRIED, ShapeTrial
from bench.evidence.stopping import StoppingRule
from bench.execution.protocol import Assignment
from bench.execution.shapes.tuning import in_processes, tune
from bench.planning import plan as make_plan
from bench.planning.profile import KernelEntry, Profile
from bench.testing.gpu_node import SLOW_SHAPE, SLOW_SHARE, SimulatedNode
from bench.testing.machine import simulated_inventory
from bench.testing.simulated_nvml import FLOP_PER_S

PROFILE = Profile(
    name="simulated",
    title="one shape to be chosen, one given",
    seed=7,
    stopping=StoppingRule(2, 1.0, 2.0, 0.5),
    kernels=(
        KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator"),
        KernelEntry("gemm", ("fp16",), ("torch",), 2, device="accelerator", shape=(64, 64, 64)),
    ),
)
SMALL, LARGER, NOT_A_PRODUCT = (64, 64, 64), (128, 128, 128), (64, 64)


@pytest.fixture
def planned() -> tuple[Plan, Inventory]:
    inventory = SimulatedNode().discovered()
    return make_plan(inventory, PROFILE, "0" * 64, None), inventory


def shapes(plan: Plan, precision: str) -> set[tuple[int, ...]]:
    cases = [case for case in plan.cases if isinstance(case, KernelCase)]
    return {case.shape for case in cases if case.precision == precision}


def on_the_cpu(kernel: str, *tried: tuple[int, ...]) -> Assignment:
    """A search in a real process, on the one device that every machine has."""
    device = simulated_inventory().devices[0]
    case = KernelCase(
        "cpu.matrix.fp64", "FLOP/s", kernel, "numpy", "fp64", SMALL, "cpu", (0,), 7,
        PROFILE.stopping, 2,
    )  # fmt: skip
    return Assignment(case, 0, device, None, shapes=tried)


def test_the_best_shape_is_frozen_into_the_cases_of_every_card(
    planned: tuple[Plan, Inventory],
) -> None:
    plan, inventory = planned
    tuned = tune(plan, inventory, try_=SimulatedNode().try_shapes)

    (search,) = tuned.searches
    first, second, *_ = search.trials
    assert (first.shape, first.rate) == (SLOW_SHAPE, pytest.approx(SLOW_SHARE * FLOP_PER_S))
    assert second.rate == pytest.approx(FLOP_PER_S)
    assert shapes(plan, "bf16") == {SLOW_SHAPE}
    assert shapes(tuned, "bf16") == {second.shape}


def test_a_shape_that_the_profile_gives_is_measured_as_it_is(
    planned: tuple[Plan, Inventory],
) -> None:
    tuned = tune(*planned, try_=SimulatedNode().try_shapes)

    assert shapes(tuned, "fp16") == {SMALL}


def test_a_search_that_finds_nothing_leaves_the_most_promising_shape(
    planned: tuple[Plan, Inventory],
) -> None:
    plan, inventory = planned
    without = replace(inventory, software={})

    tuned = tune(plan, without, try_=SimulatedNode().try_shapes)

    reasons = {trial.reason for trial in tuned.searches[0].trials}
    assert reasons == {"torch is not installed, whose events time an accelerator"}
    assert shapes(tuned, "bf16") == {SLOW_SHAPE}


def test_the_search_is_told_to_whoever_watches(planned: tuple[Plan, Inventory]) -> None:
    told: list[str] = []
    tune(*planned, told.append, SimulatedNode().try_shapes)

    assert told == [
        "trying 6 shapes of gemm in bf16 on Simulated GPU",
        "gemm in bf16 is measured as 4096 x 4096 x 8320",
    ]


def test_a_plan_without_accelerators_is_left_as_it_is() -> None:
    inventory = simulated_inventory()
    entry = KernelEntry("gemm", ("fp32",), ("numpy",), 2)
    plan = make_plan(inventory, replace(PROFILE, kernels=(entry,)), "0" * 64, None)

    assert plan.searches == ()
    assert tune(plan, inventory) == plan


def test_a_worker_tries_each_shape_and_gives_the_reason_of_one_that_it_refuses() -> None:
    one, refused, other = in_processes(on_the_cpu("gemm", SMALL, NOT_A_PRODUCT, LARGER), 60.0)

    assert (one.shape, one.reason, other.shape, other.reason) == (SMALL, None, LARGER, None)
    assert one.rate is not None
    assert other.rate is not None
    assert min(one.rate, other.rate) > 0
    assert refused == ShapeTrial(
        NOT_A_PRODUCT, None, "gemm needs a shape (m, n, k) of positive sizes, found (64, 64)"
    )


def test_a_shape_that_ends_the_worker_costs_its_own_rate_only() -> None:
    trials = in_processes(on_the_cpu("no such kernel", SMALL, LARGER), 60.0)

    reason = "the worker failed: KeyError: 'no such kernel'"
    assert trials == (ShapeTrial(SMALL, None, reason), ShapeTrial(LARGER, None, reason))


def test_nothing_is_tried_before_the_run(planned: tuple[Plan, Inventory]) -> None:
    plan, _ = planned

    assert {trial.reason for trial in plan.searches[0].trials} == {NOT_TRIED}
    assert plan.settled() == plan
