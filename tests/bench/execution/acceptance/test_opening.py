"""Runs that are taken up again: what is on record stays, and what never began is measured."""

import shutil
from pathlib import Path

import pytest

from bench.errors import Incomplete, UsageError
from bench.evidence import bundle_writer
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured
from bench.execution.acceptance import session as acceptance_session
from bench.execution.protocol import Assignment
from bench.testing.acceptance import resumed_acceptance, simulated_acceptance
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.verification import verify


def test_a_run_cut_in_two_is_the_whole_run_and_what_was_measured_stays(tmp_path: Path) -> None:
    node = SimulatedNode((SimulatedGpu(0),))
    first = simulated_acceptance(node, tmp_path, 100.0).run()
    second = resumed_acceptance(node, tmp_path, 240.0, began_s=node.now_s).run()

    assert {type(outcome) for outcome in second.outcomes} == {Measured}
    assert all(o in second.outcomes for o in first.outcomes if isinstance(o, Measured))
    assert (second.run_id, second.started_at) == (first.run_id, first.started_at)
    assert len(second.resumed_at) == 1
    assert second.interrupted is None
    assert verify(tmp_path / "evidence").evidence == second


def test_only_the_same_card_goes_on_and_only_with_what_is_unfinished(tmp_path: Path) -> None:
    simulated_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path / "cut", 100.0).run()
    simulated_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path / "whole", 240.0).run()
    other = SimulatedNode((SimulatedGpu(1),))

    with pytest.raises(UsageError, match="No accelerator here is"):
        resumed_acceptance(other, tmp_path / "cut", 240.0, 0.0)
    with pytest.raises(UsageError, match="came to its end"):
        resumed_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path / "whole", 240.0, 0.0)


def test_a_search_on_record_is_not_carried_out_until_it_looks_better(tmp_path: Path) -> None:
    node = SimulatedNode((SimulatedGpu(0),))

    def hang(assignment: Assignment) -> None:
        if assignment.case.metric == "cuda.transfer.d2h":
            node.now_s += 40.0

    first = simulated_acceptance(node, tmp_path, 300.0, before=hang).run()
    second = resumed_acceptance(node, tmp_path, 300.0, began_s=node.now_s).run()

    assert first.interrupted is not None
    assert [s for s in first.plan.searches if not s.decides]
    assert second.plan.searches == first.plan.searches


def test_a_killed_run_goes_on_in_the_shapes_that_it_had_chosen(tmp_path: Path) -> None:
    node, begun = SimulatedNode((SimulatedGpu(0),)), []

    def kill(assignment: Assignment) -> None:
        begun.append(assignment.case)
        if assignment.case.metric == "cuda.matrix.int8" and not assignment.shapes:
            raise SystemExit

    with pytest.raises(SystemExit):
        simulated_acceptance(node, tmp_path, 240.0, before=kill).run()
    chosen = {case.metric: case for case in begun}["cuda.matrix.bf16.short"]
    evidence = resumed_acceptance(node, tmp_path, 240.0, began_s=node.now_s).run()

    assert chosen in evidence.plan.cases
    assert evidence.interrupted is None


@pytest.mark.parametrize("name", ["plan.json", "run.json", "manifest.json"])
def test_a_disk_that_fills_up_while_sealing_loses_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, full = SimulatedNode((SimulatedGpu(0),)), []
    write = bundle_writer.write_atomically

    def fill_up(assignment: Assignment) -> None:
        full.extend([True] * (assignment.case.metric == "cuda.vector.fp64"))

    def write_if_possible(path: Path, data: bytes) -> None:
        if full and path.name == name:
            raise Incomplete(f"{path} cannot be written.", "Make room.")
        write(path, data)

    monkeypatch.setattr(bundle_writer, "write_atomically", write_if_possible)
    with pytest.raises(Incomplete):
        simulated_acceptance(node, tmp_path, 100.0, before=fill_up).run()
    begun = {path.name for path in (tmp_path / "unsealed" / "outcomes").iterdir()}
    full.clear()
    evidence = resumed_acceptance(node, tmp_path, 240.0, began_s=node.now_s).run()

    assert len(begun) == 15 + 6
    assert evidence.interrupted is None
    assert verify(tmp_path / "evidence").evidence == evidence


def test_only_a_run_of_one_card_is_resumed_acceptance(tmp_path: Path) -> None:
    evidence = simulated_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path, 30.0).run()
    (one,) = evidence.inventory.devices
    several = replace(evidence.inventory, devices=(one, replace(one, uuid="GPU-1", index=1)))
    shutil.rmtree(tmp_path / "evidence")
    writer = bundle_writer.BundleWriter(tmp_path / "evidence", several, evidence.plan)
    writer.replace_outcomes(evidence.outcomes)
    writer.finish(replace(evidence, inventory=several))

    with pytest.raises(UsageError, match="no acceptance"):
        resumed_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path, 240.0, 0.0)


def test_what_is_no_file_among_what_was_saved_is_named(tmp_path: Path) -> None:
    simulated_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path, 30.0).run()
    (tmp_path / "unsealed" / "outcomes" / "x.json").mkdir(parents=True)

    with pytest.raises(UsageError, match=r"x\.json is damaged"):
        resumed_acceptance(SimulatedNode((SimulatedGpu(0),)), tmp_path, 240.0, 0.0)


def test_a_disk_that_is_full_in_a_phase_fails_no_case_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, write = SimulatedNode((SimulatedGpu(0),)), acceptance_session.write_atomically
    full = [True]

    def write_if_possible(path: Path, data: bytes) -> None:
        if full and path.name.startswith("cuda.vector.fp64-"):
            full.clear()  # others make room the moment after
            raise Incomplete(f"{path} cannot be written.", "Make room.")
        write(path, data)

    monkeypatch.setattr(acceptance_session, "write_atomically", write_if_possible)
    with pytest.raises(Incomplete):
        simulated_acceptance(node, tmp_path, 240.0).run()
    evidence = resumed_acceptance(node, tmp_path, 240.0, began_s=node.now_s).run()

    assert {type(outcome) for outcome in evidence.outcomes} == {Measured}
