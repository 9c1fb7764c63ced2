"""Phases, their budget and whatever ends them, on the simulated node and its scripted clock."""

from dataclasses import replace as changed
from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, Measured, Skipped
from bench.evidence.shape_search import EXHAUSTIVE
from bench.execution.acceptance.opening import choose_card
from bench.execution.protocol import Assignment
from bench.testing.acceptance import simulated_acceptance
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.verification import verify


def card(**faults: object) -> SimulatedNode:
    return SimulatedNode((changed(SimulatedGpu(0), **faults),))  # type: ignore[arg-type]


def reasons(evidence: Evidence) -> set[str]:
    return {o.reason.code for o in evidence.outcomes if isinstance(o, Failed | Skipped)}


def measured(evidence: Evidence) -> set[str]:
    return {o.case_id for o in evidence.outcomes if isinstance(o, Measured)}


def sealed(folder: Path) -> Evidence:
    """What lies there is valid, whatever ended the run."""
    return verify(folder / "evidence").evidence


def test_240_seconds_are_enough_for_every_figure_and_no_phase_overruns(tmp_path: Path) -> None:
    node, told = card(), []
    session = simulated_acceptance(node, tmp_path, 240.0, tell=told.append)
    ends = {phase.number: phase.end_s for phase in session.phases}
    evidence = session.run()

    assert sealed(tmp_path) == evidence
    assert evidence.interrupted is None
    assert {type(outcome) for outcome in evidence.outcomes} == {Measured}
    assert node.now_s <= 240.0
    begun = [said for said in told if "phase" in said]
    assert len(begun) == 6
    for number, said in enumerate(begun[1:], 1):
        end_s = ends[number]
        assert end_s is not None
        assert float(said.split()[0]) <= end_s


def test_a_case_that_hangs_costs_its_own_phase_alone(tmp_path: Path) -> None:
    node = card()

    def hang(assignment: Assignment) -> None:
        if assignment.case.metric == "cuda.vector.fp32":
            node.now_s += 1000.0

    ends: list[float] = []
    session = simulated_acceptance(
        node, tmp_path, 240.0, before=lambda a: (ends.append(node.now_s), None)[1]
    )
    phases = {p.name: p for p in session.phases}
    session.workers.before = hang  # type: ignore[attr-defined]
    evidence = session.run()

    of_vector = {o.reason.code for o in evidence.outcomes
                 if isinstance(o, Failed | Skipped) and "vector" in o.case_id}  # fmt: skip
    assert of_vector == {"timeout", "budget", "interrupted"} & of_vector
    assert phases["vector"].end_s is not None
    assert sealed(tmp_path).interrupted is not None


def test_a_small_budget_leaves_out_the_last_phases_and_says_so_beforehand(tmp_path: Path) -> None:
    session = simulated_acceptance(card(), tmp_path, 100.0)
    left_out = [phase.name for phase in session.phases if phase.end_s is None]
    evidence = session.run()

    assert left_out == ["products", "memory", "sustained", "search"]
    assert reasons(evidence) == {"left-out"}
    assert evidence.interrupted is not None
    assert "it leaves out phase 3, 4, 5, 6" in evidence.interrupted
    assert sealed(tmp_path) == evidence


def test_a_card_that_is_lost_in_the_middle_leaves_a_valid_incomplete_bundle(tmp_path: Path) -> None:
    node = card()

    def lose(assignment: Assignment) -> None:
        if assignment.case.metric == "cuda.matrix.tf32":
            node.gpus = (SimulatedGpu(0, lost_after_s=0.0),)

    session = simulated_acceptance(node, tmp_path, 240.0, before=lose)
    evidence = session.run()

    assert {"worker-failed", "given-up"} <= reasons(evidence)
    assert any("cuda.vector.fp32" in case for case in measured(evidence))
    assert evidence.interrupted is not None
    assert sealed(tmp_path) == evidence


def test_a_fault_in_a_phase_is_told_in_a_line_and_the_next_phase_begins(tmp_path: Path) -> None:
    told: list[str] = []

    def raise_there(assignment: Assignment) -> None:
        if assignment.case.metric == "cuda.vector.fp64":
            raise ZeroDivisionError("a fault of ours")

    session = simulated_acceptance(card(), tmp_path, 240.0, before=raise_there, tell=told.append)
    evidence = session.run()

    (said,) = [line for line in told if "FAILED" in line]
    assert "phase 2" in said
    assert "ZeroDivisionError: a fault of ours" in said
    assert "Traceback" in (tmp_path / "accept.log").read_text()
    assert reasons(evidence) == {"phase-failed"}
    assert any("cuda.memory.copy" in case for case in measured(evidence))
    assert sealed(tmp_path) == evidence


def test_ctrl_c_leaves_a_valid_incomplete_bundle(tmp_path: Path) -> None:
    def interrupt(assignment: Assignment) -> None:
        if assignment.case.metric == "cuda.memory.read":
            raise KeyboardInterrupt

    evidence = simulated_acceptance(card(), tmp_path, 240.0, before=interrupt).run()

    assert evidence.interrupted == "interrupted by the user"
    assert reasons(evidence) == {"interrupted"}
    assert any("cuda.memory.copy" in case for case in measured(evidence))
    assert sealed(tmp_path) == evidence


def test_without_torch_nothing_is_measured_and_every_case_says_why(tmp_path: Path) -> None:
    session = simulated_acceptance(card(), tmp_path, 240.0)
    session.inventory = replace(session.inventory, software={})
    evidence = session.run()

    assert measured(evidence) == set()
    assert reasons(evidence) == {"cannot-run-here"}


def test_a_precision_that_the_card_does_not_have_is_skipped_with_its_reason(tmp_path: Path) -> None:
    evidence = simulated_acceptance(card(refused=frozenset({"fp8"})), tmp_path, 240.0).run()

    refused = {o.case_id.partition("-")[0] for o in evidence.outcomes if isinstance(o, Skipped)}
    assert refused == {"cuda.matrix.fp8.check", "cuda.matrix.fp8"}
    assert evidence.interrupted is None


def test_of_several_cards_one_is_accepted_and_the_others_are_named(tmp_path: Path) -> None:
    node = SimulatedNode((SimulatedGpu(0), SimulatedGpu(1)))
    evidence = simulated_acceptance(node, tmp_path, 100.0, card="1").run()

    (accepted,) = (d for d in evidence.inventory.devices if d.backend == "cuda")
    assert accepted.index == 1
    assert {case.metric for case in evidence.plan.cases} >= {"cuda.vector.fp32"}
    assert [a.backend for a in evidence.inventory.absent] == ["cuda:0"]
    with pytest.raises(UsageError, match='No accelerator here is "7"'):
        choose_card(node.discovered(), "7")


def test_a_search_that_took_all_the_time_keeps_what_it_found(tmp_path: Path) -> None:
    node = card()

    def slow(assignment: Assignment) -> None:
        if assignment.one_by_one:
            node.now_s += 90.0

    evidence = simulated_acceptance(node, tmp_path, 240.0, before=slow).run()

    assert [s.implementation for s in evidence.plan.searches if not s.decides] == [EXHAUSTIVE]
    assert sealed(tmp_path) == evidence
