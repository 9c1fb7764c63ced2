"""Samples over time, and what gave no figure."""

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, Measured, Reason, Samples, Skipped
from bench.testing.machine import simulated_evidence
from reports.performance.omissions import omissions
from reports.performance.samples import points
from reports.performance.subject import Subject


def changed(evidence: Evidence, **changes: object) -> Evidence:
    """The first outcome with other fields."""
    first, *rest = evidence.outcomes
    return replace(evidence, outcomes=(replace(first, **changes), *rest))  # type: ignore[type-var]


def test_every_sample_is_a_point_in_the_order_of_the_plan() -> None:
    evidence = simulated_evidence()

    found = points(Subject(evidence))

    count = sum(len(o.samples) for o in evidence.outcomes if isinstance(o, Measured))
    assert len(found) == count
    assert list(dict.fromkeys(p.metric for p in found)) == ["cpu.vector.fp32", "memory.triad"]
    assert found[0].rate == 1e10
    assert {p.unit for p in found} == {"FLOP/s", "B/s"}


def test_a_complete_run_omits_nothing() -> None:
    assert omissions(Subject(simulated_evidence())) == ()


def test_rejected_samples_stay_as_points_and_are_told() -> None:
    evidence = simulated_evidence()
    first = evidence.outcomes[0]
    assert isinstance(first, Measured)
    head, *rest = first.samples
    samples = Samples.of((replace(head, rejected="throttled"), *rest))
    marked = changed(evidence, samples=samples)

    assert len(points(Subject(marked))) == len(points(Subject(evidence)))
    assert [p.rejected for p in points(Subject(marked))].count("throttled") == 1
    (told,) = omissions(Subject(marked))
    assert (told.what, told.count, told.reason) == ("rejected samples", 1, "throttled")


def test_a_wrong_result_has_no_figure_and_says_by_how_much() -> None:
    told = omissions(Subject(changed(simulated_evidence(), error=0.5)))

    assert [(o.what, o.reason) for o in told] == [("wrong result", "error 0.5, tolerance 1e-06")]


def test_a_result_that_is_no_number_is_wrong() -> None:
    told = omissions(Subject(changed(simulated_evidence(), error=float("nan"))))

    assert [o.what for o in told] == ["wrong result"]


def test_skipped_failed_and_missing_processes_are_told_with_their_reasons() -> None:
    evidence = simulated_evidence()
    vector, triad = (case.id for case in evidence.plan.cases)
    outcomes = (
        Skipped(vector, 0, Reason("test", "no torch")),
        Skipped(vector, 1, Reason("test", "no torch")),
        Failed(vector, 2, Reason("test", "died of signal 9")),
        *(o for o in evidence.outcomes if o.case_id == triad and o.repeat == 0),
    )

    told = omissions(
        Subject(replace(evidence, outcomes=outcomes, interrupted="interrupted by the user"))
    )

    assert [(o.metric, o.what, o.count, o.reason) for o in told] == [
        ("cpu.vector.fp32", "skipped", 2, "no torch"),
        ("cpu.vector.fp32", "failed", 1, "died of signal 9"),
        ("memory.triad", "never ran", 2, "interrupted by the user"),
        ("memory.triad", "no interval", 1, "one process alone has no interval"),
    ]


def test_throttled_samples_are_counted_and_say_why(node: Evidence) -> None:
    capped = [
        p for p in points(Subject(node)) if p.metric == "cuda.matrix.bf16.gpu4" and p.repeat == 0
    ]
    sound = [p for p in points(Subject(node)) if p.metric == "cuda.matrix.bf16.gpu0"]

    assert (capped[0].throttled, capped[-1].throttled) == (None, "software power cap")
    assert {point.rejected for point in capped} == {None}
    assert {point.throttled for point in sound} == {None}
