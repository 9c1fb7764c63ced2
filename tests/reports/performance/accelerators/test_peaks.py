"""Measured rates of accelerators against their data sheets."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.inventory import Accelerator, Device
from bench.evidence.outcome import Measured, Reading, Readings, Sample, Samples
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.stopping import StoppingRule
from bench.testing.machine import simulated_evidence
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.subject import Subject
from reports.quantities import Interval
from reports.report.testing import report_on

HOPPER = Accelerator(architecture="9.0", multiprocessors=132, max_clock_hz=1.98e9)


def measured(
    kernel: str,
    precision: str,
    rate: float,
    name: str = "NVIDIA H100 80GB HBM3",
    facts: Accelerator | None = HOPPER,
    clocks_hz: tuple[float, ...] = (),
) -> Evidence:
    """Evidence of one rate of one accelerator, with what its sensors said of the clock."""
    unit = "B/s" if kernel.startswith("stream.") else "FLOP/s"
    stopping = StoppingRule(2, 1.0, 2.0, 0.01)
    case = KernelCase(
        "cuda.figure", unit, kernel, "torch", precision, (1,), "GPU-0", (0,), 7, stopping, 2
    )
    device = Device("cuda", 0, "GPU-0", name, "cuda:0", 80 << 30, "1", facts)
    outcome = Measured(
        case.id, 0, 1, 1, Samples.of((Sample(0.0, 0.3, 1),)),
        Readings.of(Reading(i * 0.1, clock_hz=c) for i, c in enumerate(clocks_hz)),
        0.0, 1.0, "", {},
    )  # fmt: skip
    evidence = simulated_evidence()
    inventory = evidence.inventory
    return replace(
        evidence,
        inventory=replace(inventory, devices=(*inventory.devices, device)),
        plan=Plan("test", "0" * 64, (), (case,)),
        outcomes=(outcome,),
        estimates=(
            Estimate("cuda.figure", Statistic.VALUE, rate, 0.99 * rate, 1.01 * rate, unit, 0.95, 6),
        ),
    )


def test_a_rate_stands_beside_the_data_sheet_of_its_pipe() -> None:
    (vector,) = accelerator_peaks(Subject(measured("fma", "fp32", 60.21e12)))
    (matrix,) = accelerator_peaks(Subject(measured("gemm", "bf16", 791.52e12)))

    assert vector.theoretical == Interval(66.9e12, 66.9e12, 66.9e12)
    assert vector.ratio is not None
    assert vector.ratio.value == pytest.approx(0.9)
    assert matrix.ratio is not None
    assert matrix.ratio.value == pytest.approx(0.8)
    assert (matrix.confidence, matrix.microarchitecture) == ("H", "NVIDIA H100 80GB HBM3")
    assert matrix.how.startswith("catalogue: ")


def test_the_same_rate_stands_beside_the_peak_at_the_measured_clock() -> None:
    evidence = measured("fma", "fp32", 50e12, clocks_hz=(1.4e9, 1.6e9))
    _, scaled = accelerator_peaks(Subject(evidence))

    assert scaled.theoretical is not None
    assert scaled.theoretical.value == pytest.approx(66.9e12 * 1.5 / 1.98)
    assert scaled.how == "the same at the measured 1.500 GHz, not 1.980 GHz"
    assert not scaled.impossible


def test_above_the_peak_at_the_measured_clock_is_impossible() -> None:
    evidence = measured("fma", "fp32", 60e12, clocks_hz=(1.5e9,))
    sheet, scaled = accelerator_peaks(Subject(evidence))

    assert (sheet.impossible, scaled.impossible) == (False, True)


@pytest.mark.parametrize(
    ("precision", "tera"),
    [
        ("fp32", 373),  # TF32 in the column of FP32
        ("bf16", 1979),  # 2:4 sparse operands in the column of dense ones
    ],
)
def test_a_rate_above_the_peak_is_an_error_of_the_whole_report(precision: str, tera: float) -> None:
    report = report_on((measured("gemm", precision, tera * 1e12),))

    assert report.exit_code() == 4
    assert any(line.startswith("ERROR: ") and "cuda.figure" in line for line in report.warnings)
    assert report_on((measured("gemm", precision, 60e12),)).exit_code() == 0


def test_fp64_has_a_peak_a_pipe() -> None:
    (vector,) = accelerator_peaks(Subject(measured("fma", "fp64", 30e12)))
    (matrix,) = accelerator_peaks(Subject(measured("gemm", "fp64", 60e12)))

    assert vector.theoretical is not None
    assert matrix.theoretical is not None
    assert (vector.theoretical.value, matrix.theoretical.value) == (33.5e12, 66.9e12)


def test_a_product_without_a_matrix_unit_is_held_against_the_vector_units() -> None:
    (peak,) = accelerator_peaks(Subject(measured("gemm", "fp32", 51.5e12)))

    assert peak.theoretical is not None
    assert peak.theoretical.value == 66.9e12


def test_bandwidth_stands_beside_that_of_the_memory() -> None:
    (peak,) = accelerator_peaks(Subject(measured("stream.copy", "fp64", 3.015e12)))

    assert peak.ratio is not None
    assert peak.ratio.value == pytest.approx(0.9)


def test_a_card_without_a_data_sheet_is_computed_or_left_open() -> None:
    (computed,) = accelerator_peaks(Subject(measured("fma", "fp32", 50e12, "NVIDIA H100 NVL")))
    (unknown,) = accelerator_peaks(Subject(measured("fma", "fp32", 50e12, "Abacus 9000", None)))
    (memory,) = accelerator_peaks(
        Subject(measured("stream.copy", "fp64", 3e12, "Abacus 9000", None))
    )

    assert computed.how == "formula: 132 units x 256 FLOP (Hopper) x 1.98 GHz"
    assert (unknown.theoretical, unknown.ratio) == (None, None)
    assert unknown.how == "no data sheet and no formula fit this device"
    assert memory.how == "no data sheet fits this device"


def test_a_part_of_a_card_has_no_peak() -> None:
    part = replace(HOPPER, partition="MIG instance of GPU-1")
    (peak,) = accelerator_peaks(Subject(measured("gemm", "bf16", 100e12, facts=part)))
    (whole,) = accelerator_peaks(
        Subject(
            measured("gemm", "bf16", 100e12, facts=replace(HOPPER, partition="whole, MIG is on"))
        )
    )

    assert peak.theoretical is None
    assert peak.how == "MIG instance of GPU-1: the peaks are those of whole cards"
    assert whole.theoretical is not None


def test_one_of_two_dies_is_held_against_half_of_the_card() -> None:
    (rate,) = accelerator_peaks(
        Subject(measured("fma", "fp64", 20e12, "AMD Instinct MI250X", None))
    )
    (memory,) = accelerator_peaks(
        Subject(measured("stream.copy", "fp64", 1.3e12, "AMD Instinct MI250X", None))
    )

    assert rate.theoretical is not None
    assert memory.theoretical is not None
    assert (rate.theoretical.value, memory.theoretical.value) == (23.95e12, 1.64e12)


def test_the_host_s_processor_and_what_was_not_estimated_are_left_out() -> None:
    assert accelerator_peaks(Subject(simulated_evidence())) == ()
    assert accelerator_peaks(Subject(replace(measured("fma", "fp32", 1e12), estimates=()))) == ()


def test_transfers_have_no_published_peak() -> None:
    assert accelerator_peaks(Subject(measured("transfer.h2d", "int8", 5e10))) == ()


@pytest.mark.parametrize(
    ("name", "shares"),
    [("NVIDIA H100 80GB HBM3", [0.95]), ("NVIDIA H20", []), ("NVIDIA X1", [0.95])],
)
def test_flop_a_cycle_need_no_clock_and_no_card_but_no_cap(name: str, shares: list[float]) -> None:
    evidence = measured("fma", "fp32", 1e12, name)
    cycles = Estimate(
        "cuda.figure", Statistic.PER_CYCLE, 243.2, 243.2, 243.2, "FLOP/cycle", 0.95, 6
    )
    found = accelerator_peaks(Subject(replace(evidence, estimates=(*evidence.estimates, cycles))))

    by_cycle = [peak for peak in found if peak.unit == "FLOP/cycle"]
    assert [peak.ratio.value for peak in by_cycle if peak.ratio is not None] == shares
    assert all(peak.how == "256 FLOP a cycle and multiprocessor (Hopper)" for peak in by_cycle)
