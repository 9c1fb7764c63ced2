"""Phases: what belongs to each, when it ends, and what a budget leaves out."""

import pytest

from bench.planning import plan as make_plan
from bench.planning import profile as profiles
from bench.planning.phases import SEAL_S, START_S, one_card, phases
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu

ACCEPT, DIGEST = profiles.load("accept")


def parts(budget_s: float, cards: int = 1):  # type: ignore[no-untyped-def]
    found = SimulatedNode(tuple(map(SimulatedGpu, range(cards)))).discovered()
    inventory = one_card(found, found.devices[-1])
    plan = make_plan(inventory, ACCEPT, DIGEST, None)
    return plan, phases(inventory, ACCEPT, plan, budget_s)


def test_every_case_belongs_to_one_phase_and_their_order_is_that_of_the_plan() -> None:
    plan, found = parts(240.0)

    assert tuple(case for phase in found for case in phase.cases) == plan.cases
    assert [phase.name for phase in found] == [
        "check", "vector", "products", "memory", "sustained", "search",
    ]  # fmt: skip


def test_the_shares_and_what_stands_around_them_are_the_240_seconds_of_the_command() -> None:
    _, found = parts(240.0)
    ends = [phase.end_s for phase in found]

    assert sum(entry.share_s for entry in ACCEPT.phases) + START_S + SEAL_S == 240.0
    assert None not in ends
    assert ends == sorted(ends)
    assert ends[-1] == 235.0


@pytest.mark.parametrize(
    ("budget_s", "left_out"),
    [(239.0, 1), (211.0, 1), (210.0, 2), (71.0, 4), (70.0, 5), (28.0, 5), (27.0, 6)],
)
def test_less_time_leaves_out_the_last_phases(budget_s: float, left_out: int) -> None:
    _, found = parts(budget_s)

    begun = 6 - left_out
    assert [phase.end_s is None for phase in found] == [False] * begun + [True] * left_out
    assert all(phase.end_s <= budget_s - SEAL_S for phase in found[:begun] if phase.end_s)


def test_more_time_goes_to_the_search() -> None:
    _, found = parts(1000.0)

    assert found[-1].end_s == 995.0
    assert found[0].end_s == START_S + ACCEPT.phases[0].share_s


def test_what_is_only_looked_at_is_no_figure_of_the_card() -> None:
    plan, found = parts(240.0)
    checks = {case.metric for case in found[0].cases}

    assert all(metric.endswith(".check") for metric in checks)
    assert {case.repeats for case in found[0].cases} == {1}
    rest = [case for case in plan.cases if case not in found[0].cases]
    assert not any(case.metric.endswith(".check") for case in rest)
    assert min(case.repeats for case in rest) == 2


def test_one_card_of_several_has_no_number_in_its_names_and_names_the_others() -> None:
    plan, _ = parts(240.0, cards=3)

    assert "cuda.matrix.bf16" in {case.metric for case in plan.cases}
    found = SimulatedNode(tuple(map(SimulatedGpu, range(3)))).discovered()
    alone = one_card(found, found.devices[-1])
    assert {a.backend for a in alone.absent} - {a.backend for a in found.absent} == {
        "cuda:0", "cuda:1",
    }  # fmt: skip
