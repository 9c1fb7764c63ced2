"""What must be told of a card: each state with the line that it earns, and a sound card without."""

from typing import Any

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import Board, Health
from bench.evidence.outcome import Measured, Readings
from bench.testing.simulated_nvml import SimulatedGpu
from reports.performance.accelerators.conditions import remarks
from reports.performance.subject import Subject
from reports.report.testing import report_on


@pytest.fixture(scope="module")
def sound(simulate) -> Evidence:  # type: ignore[no-untyped-def]
    evidence: Evidence = simulate(SimulatedGpu(0))
    return evidence


def with_facts(evidence: Evidence, **facts: Any) -> Evidence:
    (device,) = evidence.inventory.devices
    assert device.accelerator is not None
    changed = replace(device, accelerator=replace(device.accelerator, **facts))
    return replace(evidence, inventory=replace(evidence.inventory, devices=(changed,)))


def with_readings(evidence: Evidence, limit_w: float, clock_hz: float) -> Evidence:
    """The last reading of every process says this."""
    outcomes = []
    for outcome in evidence.outcomes:
        assert isinstance(outcome, Measured)
        *others, last = outcome.readings
        assert last.accelerator is not None
        said = replace(
            last, clock_hz=clock_hz, accelerator=replace(last.accelerator, power_limit_w=limit_w)
        )
        outcomes.append(replace(outcome, readings=Readings.of((*others, said))))
    return replace(evidence, outcomes=tuple(outcomes))


def test_a_whole_card_as_it_was_sold_and_alone_needs_no_remark(sound: Evidence) -> None:
    assert remarks(Subject(sound)) == ()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ecc": False}, "ECC is off: memory errors go unseen, and some cards are faster without"),
        (
            {"partition": "MIG instance of GPU-1"},
            "MIG instance of GPU-1; its figures are not those of a whole card",
        ),
        (
            {"partition": "whole, MIG is on"},
            "whole, MIG is on; its figures are not those of a whole card",
        ),
        ({"virtualisation": "vGPU"}, "vGPU: the hypervisor may share it"),
        ({"other_processes": 1}, "1 other process computed on it"),
        ({"other_processes": 2}, "2 other processes computed on it"),
        ({"power_limit_w": 800.0}, "power limit raised to 800 W, 700 W is its default"),
        ({"pcie_generation": 6}, "its PCIe link ran at generation 5 under load, it can do 6"),
        ({"pcie_width": 32}, "its PCIe link ran at width 16 under load, it can do 32"),
        (
            {"board": Board(pcie_generation=6)},
            "it can do PCIe generation 6, in its slot no more than 5",
        ),
    ],
)
def test_each_state_is_told_in_every_report(
    sound: Evidence, facts: dict[str, Any], said: str
) -> None:
    changed = with_facts(sound, **facts)
    line = f"simulated-node: cuda:0 (Simulated GPU): {said}"

    assert remarks(Subject(changed)) == (line,)
    assert line in report_on((changed,)).warnings


@pytest.mark.parametrize(
    "facts",
    [
        {"ecc": None}, {"virtualisation": "passthrough"}, {"other_processes": None},
        {"power_limit_w": 600.0}, {"power_limit_w": 703.0}, {"partition": None},
        {"pcie_generation": None, "pcie_width": None}, {"board": None}, {"board": Board()},
        {"health": Health(pcie_generation=1, pcie_width=16)},  # an idle link may rest
    ],
)  # fmt: skip
def test_what_is_unknown_or_harmless_is_not_told(sound: Evidence, facts: dict[str, Any]) -> None:
    assert remarks(Subject(with_facts(sound, **facts))) == ()


def test_a_limit_or_clock_that_was_raised_during_the_run_only_is_told(sound: Evidence) -> None:
    found = remarks(Subject(with_readings(sound, limit_w=750.0, clock_hz=2.1e9)))

    assert [line.rpartition("): ")[2] for line in found] == [
        "power limit raised to 750 W, 700 W is its default",
        "clocked at 2.100 GHz, 2.000 GHz is its highest",
    ]
