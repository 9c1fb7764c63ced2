"""All that a report knows of a machine, without the samples."""

import msgspec
import pytest

from bench.evidence import Evidence
from bench.evidence.outcome import Measured
from bench.testing.complete_run import simulated_run
from reports.performance.machine import MachineAnalysis
from reports.report.testing import analysed


def test_it_survives_the_way_to_bytes_and_back(node: Evidence) -> None:
    for machine in analysed((simulated_run(), node)):
        assert msgspec.json.decode(msgspec.json.encode(machine), type=MachineAnalysis) == machine


def test_it_holds_no_outcome_and_is_much_smaller_than_the_evidence(node: Evidence) -> None:
    (machine,) = analysed((node,))

    assert b'"ops_per_launch"' not in msgspec.json.encode(machine)
    assert not any(
        isinstance(getattr(machine, name), Measured) for name in MachineAnalysis.__slots__
    )


@pytest.mark.parametrize("host", ["a", "b"])
def test_two_simulated_machines_have_nothing_in_common(host: str) -> None:
    first, second = analysed((simulated_run(host), simulated_run("c")))

    assert set(first.identities) & set(second.identities) == set()
