"""Samples that were dropped, stretched, rejected or copied."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, Sample, Samples
from reports.performance.subject import Subject
from reports.verification.audit import audit

GEMM, VECTOR = "cpu.matrix.fp32", "cpu.vector.fp32"
SLOW = "too slow"
EVENTS = "the device's events say 0.150000 s, the host's clock 0.160000 s"


def each(change: Callable[[Sample], Sample]) -> Callable[[Measured], Measured]:
    return lambda o: replace(o, samples=Samples.of(map(change, o.samples)))


def first(change: Callable[[Sample], Sample]) -> Callable[[Measured], Measured]:
    return lambda o: replace(o, samples=Samples.of((change(o.samples[0]), *list(o.samples)[1:])))


@pytest.mark.parametrize(
    ("outcome", "rules"),
    [
        pytest.param(
            lambda o: replace(o, samples=Samples.of(list(o.samples)[:-1])),
            {"OBS-003"},
            id="one left out",
        ),
        pytest.param(
            each(lambda s: replace(s, duration_s=s.duration_s / 4)), {"OBS-003"}, id="four times"
        ),
        pytest.param(
            lambda o: replace(o, stopped="time up"), {"OBS-003"}, id="ended for another reason"
        ),
        pytest.param(
            lambda o: replace(
                o, samples=Samples.of((*o.samples, replace(o.samples[-1], start_s=9.0)))
            ),
            {"OBS-003", "TIM-005"},
            id="went on",
        ),
        pytest.param(first(lambda s: replace(s, launches=2)), {"OBS-002"}, id="more launches"),
        pytest.param(
            each(lambda s: replace(s, start_s=s.start_s / 2)), {"OBS-002"}, id="overlapping"
        ),
        pytest.param(
            first(lambda s: replace(s, rejected=SLOW)), {"OBS-004", "OBS-005"}, id="rejected"
        ),
        pytest.param(
            first(lambda s: replace(s, rejected=EVENTS)),
            {"OBS-004", "OBS-005"},
            id="rejected as if by an accelerator",
        ),
    ],
)
def test_a_changed_series_is_noticed(
    forge: Callable[..., Evidence], outcome: Callable[[Measured], Measured], rules: set[str]
) -> None:
    assert {f.rule for f in audit(Subject(forge(GEMM, repeat=1, outcome=outcome)))} == rules


def test_samples_of_another_process_are_noticed(
    forge: Callable[..., Evidence], honest: Evidence
) -> None:
    fast = next(o for o in honest.outcomes if o.case_id.startswith(GEMM) and o.repeat == 0)
    assert isinstance(fast, Measured)

    (found,) = audit(
        Subject(forge(GEMM, repeat=1, outcome=lambda o: replace(o, samples=fast.samples)))
    )

    assert found.rule == "INT-010"
    assert found.because.startswith("its samples are those of outcomes/cpu.matrix.fp32-numpy-")


def test_a_shorter_stopping_rule_does_not_fit_the_released_profile(
    forge: Callable[..., Evidence],
) -> None:
    hasty = forge(
        GEMM,
        case=lambda c: replace(c, stopping=replace(c.stopping, min_samples=2)),
        outcome=lambda o: replace(o, samples=Samples.of(list(o.samples)[:2])),
    )

    assert {f.rule for f in audit(Subject(hasty))} == {"PLN-002"}
