"""The ratios that a first card is held against, from a simulated run of the same profile."""

from pathlib import Path

import pytest

from bench.analysis import conclude
from bench.errors import UsageError
from bench.evidence import Evidence, Tool
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.outcome import Failed, Measured, Reason
from bench.evidence.plan import KernelCase
from bench.execution.runner import run_plan
from bench.execution.shapes.tuning import tune
from bench.planning import plan as make_plan
from bench.planning import profile
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import FLOP_PER_S, MAX_CLOCK_HZ, SimulatedGpu
from reports.judgement.acceptance.criteria import Bound, default_for, header, judged, load, names
from reports.judgement.acceptance.criterion import Criterion
from reports.performance.subject import Subject

FMA, BF16, FP8 = "cuda.vector.fp32", "cuda.matrix.bf16", "cuda.matrix.fp8"
PROFILE = Path(__file__).with_name("accelerators.toml")
CLOCK, CYCLE, BF16_BAR, FP8_BAR, SPREAD, MEMORY = range(6)


def evidence_of(*gpus: SimulatedGpu) -> Evidence:
    node = SimulatedNode(gpus)
    wanted, digest = profile.load(str(PROFILE))
    found = node.discovered()
    sold = tuple(replace(d, name="NVIDIA H100 80GB HBM3") for d in found.devices)
    inventory = replace(found, devices=sold)
    plan = tune(make_plan(inventory, wanted, digest, None), inventory, try_=node.try_shapes)
    outcomes, interrupted = run_plan(plan, inventory, lambda outcome: None, execute=node.execute)
    return conclude(
        Tool("capbench", "0.0.0", "0" * 64), "00000000-0000-0000-0000-000000000000",
        "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00",
        inventory, plan, outcomes, interrupted,
    )  # fmt: skip


def criteria(subject: Subject) -> tuple[Criterion, ...]:
    return judged(subject, load("h100-sxm@1"))


@pytest.fixture(scope="module")
def sound() -> Evidence:
    return evidence_of(SimulatedGpu(0))


@pytest.fixture(scope="module")
def throttled() -> Evidence:
    return evidence_of(SimulatedGpu(0, speed=0.5))


def changed(evidence: Evidence, metric: str, **changes: object) -> Evidence:
    """The first process of a case with other facts."""
    (case_id,) = (case.id for case in evidence.plan.cases if case.metric == metric)
    outcomes = tuple(
        replace(o, **changes)
        if isinstance(o, Measured) and (o.case_id, o.repeat) == (case_id, 0)
        else o
        for o in evidence.outcomes
    )
    return replace(evidence, outcomes=outcomes)


VERDICTS = {
    1.0: [False, None, True, False, True, False],
    0.5: [False, None, False, False, True, False],
    1 / 12: [False, None, None, None, None, False],
}
"""By the speed of the card: what the criteria said before they were a file (9ae6532)."""


@pytest.mark.parametrize("speed", VERDICTS)
def test_the_simulated_node_has_the_verdicts_that_it_always_had(speed: float) -> None:
    found = criteria(Subject(evidence_of(SimulatedGpu(0, speed=speed))))

    assert [criterion.holds for criterion in found] == VERDICTS[speed]


def test_wrong_results_never_hold() -> None:
    found = criteria(Subject(evidence_of(SimulatedGpu(0, result_error=1.0))))

    assert [criterion.holds for criterion in found] == [None] * 6


def test_a_card_has_its_own_criteria_and_an_unknown_one_those_of_any_card(
    sound: Evidence,
) -> None:
    card = sound.inventory.devices[-1]

    assert default_for(card) == "h100-sxm@1"
    assert default_for(replace(card, name="NVIDIA H200")) == "data-sheet@1"
    assert default_for(replace(card, name="Abacus 9000")) == "data-sheet@1"


def test_every_shipped_bound_has_a_source() -> None:
    assert [bound for name in names() for bound in load(name).bounds if not bound.source] == []


def test_a_bound_without_its_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="a rate belongs to"):
        Bound(BF16, "rate", 1.0, "somebody")
    with pytest.raises(ValueError, match="a ratio above 0"):
        Bound(BF16, "spread", 0.0, "somebody")


def test_unknown_criteria_are_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="Known are data-sheet@1, h100-sxm@1"):
        load("abacus@1")


def test_the_profile_gives_every_bar_and_the_plan_is_one_of_minutes(sound: Evidence) -> None:
    cases = [case for case in sound.plan.cases if isinstance(case, KernelCase)]

    assert len(criteria(Subject(sound))) == 6
    assert {case.metric: case.stopping.min_time_s for case in cases}[BF16] == 60
    assert sum(case.repeats * case.stopping.max_time_s for case in cases) < 300


def test_fma_is_held_against_lanes_and_measured_clock_of_the_same_time(
    sound: Evidence, throttled: Evidence
) -> None:
    # The simulated work is that of BF16 units: 4096 operations a cycle instead of 256.
    expected = FLOP_PER_S / (132 * 128 * 2 * MAX_CLOCK_HZ)

    assert criteria(Subject(sound))[CLOCK].ratio == pytest.approx(expected, rel=1e-3)
    # Half the clock is half the rate, and none of the loss: burst clocks are not averaged in.
    assert criteria(Subject(throttled))[CLOCK].ratio == pytest.approx(expected, rel=1e-3)
    assert "132 multiprocessors" in criteria(Subject(sound))[CLOCK].name
    assert "at 1.000 GHz" in criteria(Subject(throttled))[CLOCK].detail


def test_more_than_the_silicon_can_do_never_holds(sound: Evidence) -> None:
    found = criteria(Subject(sound))

    assert [found[i].impossible for i in (CLOCK, MEMORY)] == [True, True]
    assert [found[i].holds for i in (CLOCK, MEMORY)] == [False, False]
    assert ": IMPOSSIBLE, so that nothing here can be trusted; " in str(found[CLOCK])


@pytest.mark.parametrize(("ratio", "holds"), [(0.94, False), (0.95, True), (1.03, True)])
def test_a_physical_bar_has_two_ends(ratio: float, holds: bool) -> None:
    assert Criterion("x", ratio, 0.95, "t", physical=True).holds is holds


def test_the_faster_of_two_ways_to_copy_is_what_counts(sound: Evidence) -> None:
    slow = tuple(
        replace(o, bytes_per_launch=o.bytes_per_launch // 2)
        if isinstance(o, Measured) and o.case_id.startswith("cuda.memory.copy-torch-elementwise")
        else o
        for o in sound.outcomes
    )

    assert (
        criteria(Subject(replace(sound, outcomes=slow)))[MEMORY].ratio
        == criteria(Subject(sound))[MEMORY].ratio
    )


@pytest.mark.parametrize("faster", ["numba-cuda", "numba-cuda-f32x2"])
def test_the_faster_of_two_ways_to_add_and_multiply_is_what_counts(
    sound: Evidence, faster: str
) -> None:
    (scalar,) = (c for c in sound.plan.cases if c.metric == FMA)
    assert isinstance(scalar, KernelCase)
    pairs = replace(scalar, implementation="numba-cuda-f32x2")
    slower = pairs if faster == "numba-cuda" else scalar
    outcomes = [
        replace(o, case_id=case.id,
                ops_per_launch=o.ops_per_launch // (2 if case is slower else 1))
        for o in sound.outcomes if isinstance(o, Measured) and o.case_id == scalar.id
        for case in (scalar, pairs)
    ]  # fmt: skip
    cycles = [
        Estimate(FMA, Statistic.PER_CYCLE, rate, rate, rate, "FLOP/cycle", 0.75, 3, way)
        for way, rate in ((faster, 250.0), (slower.implementation, 125.0))
    ]
    both = replace(sound, plan=replace(sound.plan, cases=(pairs, scalar)),
                   outcomes=tuple(outcomes), estimates=tuple(cycles))  # fmt: skip
    clock, cycle, *others = criteria(Subject(both))

    assert clock.ratio == criteria(Subject(sound))[CLOCK].ratio
    assert cycle.ratio == pytest.approx(250 / 256)
    assert [str(each) for each in others if each.holds is not None] == []
    assert {each.detail for each in others} == {"the plan of this run leaves it out"}


def test_without_sensors_the_clock_s_bar_says_which_are_missing() -> None:
    blind = frozenset({"nvmlDeviceGetClockInfo"})
    found = criteria(Subject(evidence_of(SimulatedGpu(0, missing=blind))))[CLOCK]

    assert found.ratio is None
    assert found.detail == "SM clock: Not Supported; memory clock: Not Supported"


def test_cycles_need_the_multiprocessors_own_counters(sound: Evidence) -> None:
    cycles = Estimate(FMA, Statistic.PER_CYCLE, 250.0, 249.0, 251.0, "FLOP/cycle", 0.75, 3)
    counted = criteria(Subject(replace(sound, estimates=(*sound.estimates, cycles))))[CYCLE]

    assert counted.ratio == pytest.approx(250 / 256)
    assert counted.holds is True
    assert criteria(Subject(sound))[CYCLE].holds is None


def test_sustained_is_what_is_held_against_the_bar_and_not_the_burst(throttled: Evidence) -> None:
    found = criteria(Subject(throttled))

    assert found[BF16_BAR].ratio == pytest.approx(0.5 * FLOP_PER_S / 730e12, rel=1e-6)
    assert found[FP8_BAR].ratio == pytest.approx(0.5 * FLOP_PER_S / 1300e12, rel=1e-6)
    assert (found[BF16_BAR].holds, found[FP8_BAR].holds) == (False, False)
    assert "over 60 s" in found[BF16_BAR].name


def test_without_a_steady_state_there_is_no_ratio(sound: Evidence) -> None:
    cut = sound
    for case in sound.plan.cases:
        cut = replace(
            cut,
            outcomes=tuple(
                replace(o, samples=o.samples[:10])
                if isinstance(o, Measured) and o.case_id == case.id and case.metric == BF16
                else o
                for o in cut.outcomes
            ),
        )
    found = criteria(Subject(cut))

    assert (found[BF16_BAR].ratio, found[SPREAD].ratio) == (None, None)
    assert found[BF16_BAR].holds is None
    assert "are too short" in str(found[BF16_BAR])


def test_the_spread_is_from_process_to_process(sound: Evidence) -> None:
    assert criteria(Subject(sound))[SPREAD].ratio == pytest.approx(0, abs=1e-9)
    (ops,) = {o.ops_per_launch for o in sound.outcomes
              if isinstance(o, Measured) and o.case_id.startswith(f"{BF16}-")}  # fmt: skip

    found = criteria(Subject(changed(sound, BF16, ops_per_launch=round(ops * 1.02))))[SPREAD]

    assert found.ratio == pytest.approx(0.02, rel=1e-3)
    assert (found.at_most, found.holds) == (True, False)


def test_memory_is_held_against_the_data_sheet_of_the_card(sound: Evidence) -> None:
    # A simulated launch of 4 ms moves 40 GB.
    assert criteria(Subject(sound))[MEMORY].ratio == pytest.approx(
        FLOP_PER_S / 100 / 3350e9, rel=1e-3
    )
    device = replace(sound.inventory.devices[0], name="Abacus 9000")
    other = replace(sound, inventory=replace(sound.inventory, devices=(device,)))

    assert criteria(Subject(sound))[MEMORY].detail == (
        "torch 10.81 TB/s, torch-elementwise 10.81 TB/s of 3.350 TB/s"
    )
    assert criteria(Subject(other))[MEMORY].ratio is None
    assert "no data sheet" in criteria(Subject(other))[MEMORY].detail


def test_a_failed_figure_tells_its_reason_and_never_holds(sound: Evidence) -> None:
    lost = tuple(
        Failed(o.case_id, o.repeat, Reason("test", "wrong result: error 1"))
        if o.case_id.startswith(FP8)
        else o
        for o in sound.outcomes
    )
    found = criteria(Subject(replace(sound, outcomes=lost)))[FP8_BAR]

    assert found.holds is None
    assert str(found).endswith("not measured: wrong result: error 1")


def test_the_header_names_what_the_ratios_depend_on(sound: Evidence) -> None:
    assert header(sound.inventory, "2025-01-01") == (
        "NVIDIA H100 80GB HBM3 (GPU-00000000-0000-4000-8000-000000000000), whole, "
        "driver simulated, power limit 700 W of 700 W, ECC on, torch simulated, 2025-01-01"
    )
