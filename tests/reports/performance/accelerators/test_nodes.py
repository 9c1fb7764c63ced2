"""The cards of one node at the same time: the sum, the slowest by name, the spread."""

import pytest

from bench.evidence import Evidence
from bench.testing.simulated_nvml import FLOP_PER_S, SimulatedGpu
from reports.performance.accelerators.nodes import node_runs
from reports.performance.subject import Subject
from reports.render import text


def test_the_slowest_card_is_named_and_the_spread_shown(node: Evidence) -> None:
    (run,) = node_runs(Subject(node))

    assert (run.metric, run.planned, run.slowest) == ("cuda.matrix.bf16", 8, "cuda:2")
    assert run.slowest_rate == pytest.approx(0.8 * FLOP_PER_S)
    assert run.spread == pytest.approx(0.2)
    assert run.total == pytest.approx(6.66 * FLOP_PER_S)
    assert run.sustained == run.total


def test_a_card_that_fell_off_the_bus_is_named_as_lost(node: Evidence) -> None:
    (run,) = node_runs(Subject(node))

    assert run.lost == ("cuda:6",)
    assert len(run.measured) == 7
    assert text.together(run) == (
        "7 of 8 cards, cuda:6 lost: slowest cuda:2 at 865 TFLOP/s, spread 20.0 %"
    )


def test_the_sum_agrees_with_the_sealed_estimate(node: Evidence) -> None:
    (run,) = node_runs(Subject(node))
    figures = {estimate.name: estimate.value for estimate in node.estimates}

    assert run.total == figures["cuda.matrix.bf16"]
    assert run.sustained == figures["cuda.matrix.bf16.sustained"]
    assert run.slowest_rate == figures["cuda.matrix.bf16.slowest"]
    assert run.spread == figures["cuda.matrix.bf16.spread"]


def test_cards_that_were_not_steady_have_a_sum_that_says_so(simulate) -> None:  # type: ignore[no-untyped-def]
    (run,) = node_runs(Subject(simulate(SimulatedGpu(0), SimulatedGpu(1), seconds=5.0)))

    assert run.sustained is None
    assert text.node_sustained(run) == "not steady: 2.16 PFLOP/s"
    assert text.together(run).startswith("2 cards: slowest cuda:")


def test_a_single_card_and_a_node_without_a_figure_are_no_node(simulate) -> None:  # type: ignore[no-untyped-def]
    wrong = (SimulatedGpu(0, result_error=0.5), SimulatedGpu(1, result_error=0.5))

    assert node_runs(Subject(simulate(SimulatedGpu(0)))) == ()
    assert node_runs(Subject(simulate(*wrong))) == ()
