"""An exhaustive search that could not have been carried out so is no yardstick."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.shape_search import AGAIN, EXHAUSTIVE, ShapeSearch, ShapeTrial
from bench.testing.acceptance import simulated_acceptance
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.performance.subject import Subject
from reports.verification.audit import malformed


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    node = SimulatedNode((SimulatedGpu(0),))
    return simulated_acceptance(node, tmp_path_factory.mktemp("run"), 260.0).run()


def reasons(evidence: Evidence, *searches: ShapeSearch) -> str:
    """What is said of the evidence with these instead of its yardsticks."""
    ours = tuple(s for s in evidence.plan.searches if s.decides)
    changed = replace(evidence, plan=replace(evidence.plan, searches=(*ours, *searches)))
    return "; ".join(finding.because for finding in malformed(Subject(changed)))


def test_a_yardstick_is_whole_of_the_same_and_once(searched: Evidence) -> None:
    whole, again = (s for s in searched.plan.searches if not s.decides)
    assert (whole.implementation, again.implementation) == (EXHAUSTIVE, AGAIN)
    weak = replace(whole, trials=(ShapeTrial((1024, 1024, 1024), 1e12),))
    other = replace(again, trials=tuple(replace(t, shape=(8, 8, 8)) for t in again.trials))

    assert reasons(searched, whole, again) == ""
    assert reasons(searched, whole) == ""
    for searches, said in (
        ((whole, again, weak, again), "sealed twice"),
        ((again,), "not there"),
        ((weak, again), "not both best shapes"),
        ((whole, other), "not both best shapes"),
        ((whole, replace(again, precision="fp64")), "not both best shapes"),
        ((replace(whole, precision="fp4"), again), "of nothing that was searched"),
        ((replace(whole, duration_s=0.0), again), "of nothing that was searched"),
        ((replace(whole, trials=whole.trials[:1] * 2), again), "tried a shape twice"),
    ):
        assert said in reasons(searched, *searches)


@pytest.mark.parametrize("rate", [0.0, -1.0, 5e-324, 1e308])
def test_a_trial_has_a_rate_that_can_be(searched: Evidence, rate: float) -> None:
    whole, again = (s for s in searched.plan.searches if not s.decides)
    first = replace(whole.trials[0], rate=rate)

    said = reasons(searched, replace(whole, trials=(first, *whole.trials[1:])), again)

    assert "found a rate of" in said
    for lasted_s in (-1.0, 1e308):
        assert "lasted" in reasons(searched, replace(whole, duration_s=lasted_s), again)
    assert "tried the shape ()" in reasons(
        searched, replace(whole, trials=(*whole.trials, ShapeTrial((), 1e12))), again
    )
