"""Eight simulated GPUs, half of them with a fault, from discovery to the report."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.analysis import conclude
from bench.analysis.estimates import estimate
from bench.cli import main
from bench.cli.commands.discover import lines
from bench.errors import InvalidEvidence
from bench.evidence import Evidence, Tool
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate
from bench.evidence.outcome import Failed, Measured
from bench.evidence.plan import Plan
from bench.evidence.shape_search import ShapeTrial
from bench.evidence.stopping import StoppingRule
from bench.evidence.throttle_reasons import REASONS
from bench.execution.protocol import Assignment
from bench.execution.runner import run_plan
from bench.execution.shapes.tuning import tune
from bench.planning import plan as make_plan
from bench.planning.profile import KernelEntry, Profile
from bench.testing.gpu_node import SLOW_SHARE, SimulatedNode
from bench.testing.simulated_nvml import FLOP_PER_S, MAX_CLOCK_HZ, SimulatedGpu
from reports.performance.accelerators.throttling import during, loss
from reports.verification import verify

STOPPING = StoppingRule(
    min_samples=10, min_time_s=20.0, max_time_s=20.0, max_relative_error=0.5, sample_time_s=0.5
)
PROFILE = Profile(
    name="simulated",
    title="one kernel on every card, together and alone",
    seed=7,
    stopping=STOPPING,
    kernels=(
        KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator",
                    cards=("together", "alone")),
    ),
)  # fmt: skip


def evidence_of(node: SimulatedNode, profile: Profile = PROFILE) -> Evidence:
    inventory = node.discovered()
    planned = make_plan(inventory, profile, "0" * 64, None)
    plan = tune(planned, inventory, try_=node.try_shapes)
    outcomes, interrupted = run_plan(plan, inventory, lambda outcome: None, execute=node.execute)
    return conclude(
        Tool("capbench", "0.0.0", "0" * 64), "00000000-0000-0000-0000-000000000000",
        "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00",
        inventory, plan, outcomes, interrupted,
    )  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return evidence_of(SimulatedNode())


@pytest.fixture(scope="module")
def figures(evidence: Evidence) -> dict[str, Estimate]:
    return {estimate.name: estimate for estimate in evidence.estimates}


def measured(evidence: Evidence, metric: str, repeat: int = 0) -> Measured:
    (case,) = (case for case in evidence.plan.cases if case.metric == metric)
    (found,) = (
        o for o in evidence.outcomes if (o.case_id, o.repeat) == (case.id, repeat)
    )  # fmt: skip
    assert isinstance(found, Measured), found
    return found


def test_discovery_names_every_card_by_uuid_with_its_facts(evidence: Evidence) -> None:
    devices = evidence.inventory.devices
    facts = devices[4].accelerator

    assert [device.index for device in devices] == list(range(8))
    assert devices[4].uuid == "GPU-00000004-0000-4000-8000-000000000000"
    assert facts is not None
    assert (facts.multiprocessors, facts.architecture, facts.max_clock_hz) == (132, "9.0", 2e9)
    assert (facts.power_limit_w, facts.default_power_limit_w) == (600, 700)
    assert (facts.partition, facts.virtualisation, facts.serial) == ("whole", "none", "1004")


def test_cards_run_together_in_one_step_and_alone_in_steps_of_their_own(
    evidence: Evidence,
) -> None:
    sizes = [len(step) for step in evidence.plan.schedule()]

    assert sorted(sizes) == [1] * 16 + [8] * 2
    assert len({case.cpus for case in evidence.plan.cases if case.kind == "kernel"}) == 8


def test_a_card_that_falls_off_the_bus_fails_with_the_reason_and_the_run_goes_on(
    evidence: Evidence,
) -> None:
    failed = [outcome for outcome in evidence.outcomes if isinstance(outcome, Failed)]

    assert evidence.interrupted is None
    assert len(evidence.outcomes) == 32
    assert {outcome.case_id.partition("-")[0] for outcome in failed} == {
        "cuda.matrix.bf16.gpu6", "cuda.matrix.bf16.gpu6.alone"
    }  # fmt: skip
    assert {outcome.reason.text for outcome in failed} == {
        "the worker failed: CUDA error: the GPU has fallen off the bus"
    }


def test_the_sum_is_of_the_cards_that_ran_at_the_same_time(figures: dict[str, Estimate]) -> None:
    # five sound cards, one at 0.8, one at 0.86, and none for the lost one
    assert figures["cuda.matrix.bf16"].value == pytest.approx(FLOP_PER_S * 6.66, rel=1e-6)
    assert figures["cuda.matrix.bf16.sustained"].value == pytest.approx(FLOP_PER_S * 6.66, rel=1e-6)
    assert "cuda.matrix.bf16.gpu6" not in figures


def test_the_slowest_is_named_by_its_own_figure_and_the_spread_is_shown(
    figures: dict[str, Estimate],
) -> None:
    assert figures["cuda.matrix.bf16.slowest"].value == pytest.approx(FLOP_PER_S * 0.8)
    assert figures["cuda.matrix.bf16.gpu2"].value == pytest.approx(FLOP_PER_S * 0.8)
    assert figures["cuda.matrix.bf16.spread"].value == pytest.approx(0.2)
    assert figures["cuda.matrix.bf16.spread"].unit == "%"


def test_burst_and_sustained_come_from_one_run(figures: dict[str, Estimate]) -> None:
    assert figures["cuda.matrix.bf16.gpu4.burst"].value == pytest.approx(FLOP_PER_S)
    assert figures["cuda.matrix.bf16.gpu4.sustained"].value == pytest.approx(FLOP_PER_S * 0.86)
    assert figures["cuda.matrix.bf16.gpu4.alone"].value == pytest.approx(FLOP_PER_S * 0.86)


@pytest.mark.parametrize(
    ("gpu", "sentence"),
    [
        (0, "+0 %: no cause shows in the readings"),
        (2, "-20 %: software thermal slowdown in 88 % of samples, up to 87 °C"),
        (4, "-14 %: software power cap in 89 % of samples, limit 600 of 700 W"),
    ],
)
def test_the_cause_of_a_loss_is_named(
    evidence: Evidence, figures: dict[str, Estimate], gpu: int, sentence: str
) -> None:
    metric = f"cuda.matrix.bf16.gpu{gpu}"
    readings = measured(evidence, metric).readings

    found = loss(figures[metric].value, FLOP_PER_S, readings, MAX_CLOCK_HZ)

    assert str(found) == sentence


def test_throttled_samples_stay_and_are_labelled(evidence: Evidence) -> None:
    outcome = measured(evidence, "cuda.matrix.bf16.gpu4")
    labels = during(outcome.samples, outcome.readings)

    assert {sample.rejected for sample in outcome.samples} == {None}
    assert labels[0] == ()
    assert labels[-1] == (REASONS[0x4],)


def test_a_missing_sensor_is_none_and_named_once(
    evidence: Evidence, figures: dict[str, Estimate]
) -> None:
    outcome = measured(evidence, "cuda.matrix.bf16.gpu5")
    counters = {r.accelerator.energy_j for r in outcome.readings if r.accelerator is not None}

    assert outcome.missing_sensors == ("energy counter: Not Supported",)
    assert counters == {None}
    assert "cuda.matrix.bf16.gpu5.power" not in figures
    assert figures["cuda.matrix.bf16.gpu5.power_integrated"].value == pytest.approx(700)
    assert figures["cuda.matrix.bf16.gpu0.power"].value == pytest.approx(700, rel=1e-3)


def test_the_bundle_is_verified_and_reported(evidence: Evidence, tmp_path: Path) -> None:
    assert verify(seal(evidence, tmp_path / "evidence")).evidence == evidence
    done = CliRunner().invoke(
        main, ["report", str(tmp_path / "evidence"), "--format", "json"], catch_exceptions=False
    )
    metrics = {entry["figure"] for entry in json.loads(done.output)["estimates"]}
    assert {"cuda.matrix.bf16", "cuda.matrix.bf16.gpu2", "cuda.matrix.bf16.spread"} <= metrics


def seal(evidence: Evidence, folder: Path) -> Path:
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder


def test_the_shape_that_was_tried_fastest_is_measured_and_its_trials_are_evidence(
    evidence: Evidence, tmp_path: Path
) -> None:
    (search,) = verify(seal(evidence, tmp_path / "evidence")).evidence.plan.searches

    assert [trial.rate for trial in search.trials] == [
        pytest.approx(SLOW_SHARE * FLOP_PER_S), *[pytest.approx(FLOP_PER_S)] * 5,
    ]  # fmt: skip
    assert {case.shape for case in evidence.plan.cases if case.kind == "kernel"} == {
        search.trials[1].shape
    }


def test_a_lucky_trial_decides_the_shape_and_never_the_figure() -> None:
    node = SimulatedNode(gpus=(SimulatedGpu(0),))

    def lucky(assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
        first, *others = node.try_shapes(assignment, limit_s)
        return (replace(first, rate=9 * FLOP_PER_S), *others)

    inventory = node.discovered()
    plan = tune(make_plan(inventory, PROFILE, "0" * 64, None), inventory, try_=lucky)
    outcomes, _ = run_plan(plan, inventory, lambda outcome: None, execute=node.execute)
    figures = {estimate.name: estimate.value for estimate in estimate(plan, outcomes)}

    # The slow shape was chosen by chance, and is measured as slow as it is.
    assert figures["cuda.matrix.bf16"] == pytest.approx(SLOW_SHARE * FLOP_PER_S)
    assert max(v for v in figures.values() if v > 1e12) < 1.001 * FLOP_PER_S


def test_a_shape_that_its_trials_do_not_speak_for_is_no_evidence(
    evidence: Evidence, tmp_path: Path
) -> None:
    (search,) = evidence.plan.searches
    first, *others = search.trials
    flattering = replace(search, trials=(replace(first, rate=9e15), *others))
    forged = replace(evidence, plan=replace(evidence.plan, searches=(flattering,)))

    with pytest.raises(InvalidEvidence, match=r"the shape of cuda\.matrix\.bf16\.gpu0 does not"):
        verify(seal(forged, tmp_path / "evidence"))


def test_a_wrong_result_on_a_card_has_no_speed() -> None:
    wrong = SimulatedNode(gpus=(SimulatedGpu(0), SimulatedGpu(1, result_error=0.5)))

    evidence = evidence_of(wrong)
    reasons = {o.reason.text for o in evidence.outcomes if isinstance(o, Failed)}
    metrics = {estimate.name for estimate in evidence.estimates}

    assert reasons == {"wrong result: error 0.5, bf16 allows 1e-06"}
    assert "cuda.matrix.bf16.gpu0" in metrics
    assert "cuda.matrix.bf16.gpu1" not in metrics


def test_a_single_card_is_the_node(tmp_path: Path) -> None:
    evidence = evidence_of(SimulatedNode(gpus=(SimulatedGpu(0),)))
    cases = Plan.concurrent_groups(evidence.plan)

    assert [case.metric for cases_ in cases for case in cases_] == ["cuda.matrix.bf16"]
    assert {e.name for e in evidence.estimates} >= {
        "cuda.matrix.bf16", "cuda.matrix.bf16.burst", "cuda.matrix.bf16.sustained"
    }  # fmt: skip


def test_a_run_too_short_for_a_steady_state_says_nothing_of_sustained() -> None:
    short = replace(PROFILE, stopping=replace(STOPPING, min_time_s=5.0, max_time_s=5.0))
    metrics = {e.name for e in evidence_of(SimulatedNode(), short).estimates}

    assert "cuda.matrix.bf16" in metrics
    assert "cuda.matrix.bf16.sustained" not in metrics


def test_discover_names_limit_partition_and_virtualisation(evidence: Evidence) -> None:
    devices = [line for line in lines(evidence.inventory) if line.startswith("device")]

    assert devices[4] == (
        "device      Simulated GPU (cuda:4): GPU-00000004-0000-4000-8000-000000000000, "
        "limit 600 of 700 W, PCIe 5 x16 of 5 x16, board SIMULATED, VBIOS 00.00.00.00.01, "
        "firmware simulated, PCI 10de:0001, subsystem 10de:0002, whole, virtualisation none"
    )
    first = evidence.inventory.devices[0]
    assert first.accelerator is not None
    shared = replace(first, accelerator=replace(first.accelerator, ecc=False, other_processes=2))
    (line,) = [
        line
        for line in lines(replace(evidence.inventory, devices=(shared,)))
        if line.startswith("device")
    ]
    assert line.endswith("whole, ECC off, 2 other processes on it, virtualisation none")


def test_cards_that_ran_alone_are_never_added_up_to_a_node() -> None:
    (entry,) = PROFILE.kernels
    lonely = replace(PROFILE, kernels=(replace(entry, cards=("alone",)),))
    metrics = {e.name for e in evidence_of(SimulatedNode(), lonely).estimates}

    assert "cuda.matrix.bf16.gpu0.alone" in metrics
    assert {m for m in metrics if ".gpu" not in m} == set()


def test_a_node_of_which_every_card_fails_has_no_figure() -> None:
    wrong = SimulatedNode(gpus=tuple(SimulatedGpu(i, result_error=0.5) for i in range(2)))

    assert evidence_of(wrong).estimates == ()
