"""Each card of the simulated node: burst beside sustained, its loss and its cause, its energy."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured
from bench.testing.simulated_nvml import FLOP_PER_S, POWER_W, SimulatedGpu
from reports.performance.accelerators.runs import AcceleratorRun, accelerator_runs
from reports.performance.accelerators.throttling import UNEXPLAINED
from reports.performance.subject import Subject
from reports.quantities import Interval
from reports.render import text

STEM = "cuda.matrix.bf16"


def named(evidence: Evidence) -> dict[str, AcceleratorRun]:
    return {run.metric: run for run in accelerator_runs(Subject(evidence))}


def test_every_card_that_was_measured_has_an_entry_together_and_alone(node: Evidence) -> None:
    cards = [0, 1, 2, 3, 4, 5, 7]

    assert set(named(node)) == {
        f"{STEM}.gpu{card}{way}" for card in cards for way in ("", ".alone")
    }


def test_burst_stands_beside_sustained(node: Evidence) -> None:
    run = named(node)[f"{STEM}.gpu4"]

    assert run.burst == pytest.approx(FLOP_PER_S)
    assert run.sustained == pytest.approx(0.86 * FLOP_PER_S)
    assert run.rate == run.sustained
    assert (run.device, run.uuid) == ("cuda:4", "GPU-00000004-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (0, "+0 %"),
        (2, "-20 %: software thermal slowdown in 88 % of samples, up to 87 °C"),
        (4, "-14 %: software power cap in 89 % of samples, limit 600 of 700 W"),
    ],
)
def test_the_loss_is_one_sentence_with_its_cause(node: Evidence, card: int, said: str) -> None:
    assert text.loss(named(node)[f"{STEM}.gpu{card}"]) == said


def test_a_loss_without_a_cause_and_a_card_without_a_peak_say_so(node: Evidence) -> None:
    run = named(node)[f"{STEM}.gpu0"]
    lost, unknown = replace(run, share_of_peak=-0.3), replace(run, peak=None, share_of_peak=None)

    assert text.loss(lost) == f"-30 %: {UNEXPLAINED}"
    assert text.loss(unknown) == "no peak is known"
    assert text.loss(replace(unknown, causes=("sync boost",))) == "no peak is known: sync boost"


def test_throttled_samples_are_counted_and_a_sound_card_has_none(node: Evidence) -> None:
    runs = named(node)
    throttled = runs[f"{STEM}.gpu4"]

    assert 0 < throttled.throttled_samples < throttled.samples
    assert runs[f"{STEM}.gpu0"].throttled_samples == 0


def test_a_missing_sensor_is_named_and_its_energy_labelled(node: Evidence) -> None:
    sound, blind = named(node)[f"{STEM}.gpu0"], named(node)[f"{STEM}.gpu5"]

    assert (sound.missing_sensors, blind.missing_sensors) == (
        (), ("energy counter: Not Supported",)
    )  # fmt: skip
    assert sound.spent is not None
    assert blind.spent is not None
    assert sound.spent.sources == ("energy counter",)
    assert blind.spent.sources == ("integrated power",)
    assert "by integrated power" in text.spent(blind)


def test_energy_is_work_for_power(node: Evidence) -> None:
    spent = named(node)[f"{STEM}.gpu0"].spent

    assert spent is not None
    assert spent.power_w == pytest.approx(POWER_W, rel=1e-3)
    assert spent.work_per_j == pytest.approx(FLOP_PER_S / POWER_W, rel=1e-3)
    assert spent.energy_j == pytest.approx(2 * 20 * POWER_W, rel=0.05)


def test_without_energy_or_power_there_is_none(simulate) -> None:  # type: ignore[no-untyped-def]
    sensors = frozenset({"nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetPowerUsage"})
    (run,) = accelerator_runs(Subject(simulate(SimulatedGpu(0, missing=sensors))))

    assert run.spent is None
    assert text.spent(run) == text.NOTHING
    assert len(run.missing_sensors) == 2


def test_a_run_without_a_steady_state_says_why(simulate) -> None:  # type: ignore[no-untyped-def]
    (run,) = accelerator_runs(Subject(simulate(SimulatedGpu(0), seconds=5.0)))

    assert run.sustained is None
    assert text.sustained(run).startswith("not steady: 5.")
    assert text.sustained(run).endswith("s are too short, 10 s are needed")
    assert run.rate == pytest.approx(FLOP_PER_S)


def test_one_steady_process_of_two_is_told_apart(node: Evidence) -> None:
    run = replace(named(node)[f"{STEM}.gpu0"], sustained=1e15, not_steady=("the rate still fell",))

    assert text.sustained(run) == "1.00 PFLOP/s; one process not: the rate still fell"


def test_the_peak_is_that_of_the_data_sheet(node: Evidence) -> None:
    devices = tuple(
        replace(d, name="NVIDIA H100 80GB HBM3") if d.backend == "cuda" else d
        for d in node.inventory.devices
    )
    sold = replace(node, inventory=replace(node.inventory, devices=devices))

    run = named(sold)[f"{STEM}.gpu4"]

    assert run.peak == Interval(989.4e12, 989.4e12, 989.4e12)
    assert run.share_of_peak == pytest.approx(0.86 * FLOP_PER_S / 989.4e12 - 1)


def test_a_wrong_result_has_no_entry(node: Evidence) -> None:
    wrong = tuple(
        replace(o, error=1.0) if isinstance(o, Measured) else o for o in node.outcomes
    )  # fmt: skip

    assert accelerator_runs(Subject(replace(node, outcomes=wrong))) == ()


def test_the_shape_that_was_measured_is_part_of_the_entry(node: Evidence) -> None:
    assert {run.shape for run in accelerator_runs(Subject(node))} == {(4096, 4096, 8320)}
