"""Reports to write down: one machine, a city, and a machine that means harm."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Reason, Skipped
from bench.testing.machine import simulated_evidence
from reports.declarations.facility import Facility
from reports.report import Report
from reports.report.testing import report_on

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>|`=cmd\x1b[2J"
"""A host name that ends elements, runs scripts, breaks tables and clears the screen."""


@pytest.fixture
def machine() -> Report:
    return report_on((simulated_evidence(),))


@pytest.fixture
def city(example_city: Facility, make_evidence: Callable[..., Evidence]) -> Report:
    """The example city with one of its general servers measured: Zen 3, four cores."""
    rates = {
        "cpu.vector.fp32": 0.36e12,
        "cpu.vector.fp32.per_cycle": 30.0,
        "cpu.vector.fp32.clock": 3e9,
    }
    evidence = make_evidence("node1", rates, processor="Example CPU 64-Core")
    host = evidence.inventory.host
    cpu = replace(host.processor, vendor="AuthenticAMD", family=25, model=1)
    inventory = replace(evidence.inventory, host=replace(host, processor=cpu))
    return report_on((replace(evidence, inventory=inventory),), example_city)


@pytest.fixture
def measured_city(
    make_facility: Callable[[str], Facility], make_evidence: Callable[..., Evidence]
) -> Report:
    """A city of one accelerator node, which was measured in FP16 and in no matrix of FP32."""
    rates = {"cpu.vector.fp32": 2e12, "cuda.vector.fp32": 60e12, "cuda.matrix.fp16": 800e12}
    place = make_facility(
        'name = "C"\nscope = "city"\n[[groups]]\nname = "g"\nnodes = 1\n'
        'compute_class = "intelligent"\ndevice = "GPU X"\n'
    )
    return report_on((make_evidence("node1", rates, accelerator="GPU X"),), place)


@pytest.fixture
def hostile() -> Report:
    evidence = simulated_evidence()
    inventory = evidence.inventory
    host = replace(
        inventory.host,
        hostname=HOSTILE,
        operating_system=HOSTILE,
        processor=replace(inventory.host.processor, model_name=HOSTILE),
    )
    first, *rest = evidence.outcomes
    outcomes = (Skipped(first.case_id, first.repeat, Reason("test", HOSTILE)), *rest)
    return report_on(
        (replace(evidence, inventory=replace(inventory, host=host), outcomes=outcomes),)
    )
