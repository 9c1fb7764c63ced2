"""A whole run of a simulated machine, and its bundle."""

from pathlib import Path

import pytest

from bench.evidence import Evidence
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.plan import Plan
from bench.testing.machine import simulated_evidence, simulated_plan


@pytest.fixture
def plan() -> Plan:
    return simulated_plan()


@pytest.fixture
def evidence() -> Evidence:
    return simulated_evidence()


@pytest.fixture
def bundle(evidence: Evidence, tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder
