"""Numbers that no observation has."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import Core
from bench.evidence.outcome import Disturbance, Measured, Reading, Readings, Samples, TickHistogram
from reports.performance.subject import Subject
from reports.verification.audit import malformed
from storage_bench.job import Latency

VECTOR, RANDOM = "cpu.vector.fp32", "storage.randread.4k"


def changed(honest: Evidence, metric: str, change: Callable[[object], object]) -> Evidence:
    """Without new estimates: there are none of such numbers."""
    case = next(case for case in honest.plan.cases if case.metric == metric)
    outcomes = tuple(change(o) if o.case_id == case.id else o for o in honest.outcomes)
    return replace(honest, outcomes=outcomes)  # type: ignore[arg-type]


def sample(o: Measured, **fields: object) -> Measured:
    first, *rest = o.samples
    return replace(o, samples=Samples.of((replace(first, **fields), *rest)))


def ticks(o: Measured, work: TickHistogram) -> Measured:
    return worker(o, work=work)


def worker(o: Measured, **fields: object) -> Measured:
    return replace(o, ticks=(replace(o.ticks[0], **fields), *o.ticks[1:]))


def shorter(o: Measured, column: str) -> Measured:
    return replace(o, samples=replace(o.samples, **{column: getattr(o.samples, column)[1:]}))


def read(o: object, **fields: object) -> object:
    return replace(o, result=replace(o.result, read=replace(o.result.read, **fields)))  # type: ignore[attr-defined,type-var]


@pytest.mark.parametrize(
    ("metric", "change", "said"),
    [
        (VECTOR, lambda o: replace(o, ops_per_launch=-1), "-1 operations"),
        (VECTOR, lambda o: replace(o, ops_per_launch=10**400), "operations"),
        (VECTOR, lambda o: replace(o, samples=Samples()), "measured without a sample"),
        (VECTOR, lambda o: replace(o, counter_hz=0.0), "a cycle counter of 0.0 Hz"),
        (VECTOR, lambda o: sample(o, duration_s=-1.0), "lasts -1.0 s"),
        (VECTOR, lambda o: sample(o, start_s=-1.0), "begins at -1.0 s"),
        (VECTOR, lambda o: sample(o, launches=0), "a sample of 0 launches"),
        (VECTOR, lambda o: replace(o, ticks=(o.ticks[0], o.ticks[0])), "counted twice"),
        (VECTOR, lambda o: worker(o, chunks=()), "another length than the samples"),
        (VECTOR, lambda o: worker(o, chunks=(-1,) * len(o.samples)), "a negative number of"),
        (VECTOR, lambda o: worker(o, spent_ticks=(1 << 70,) * len(o.samples)), "more ticks"),
        (VECTOR, lambda o: worker(o, median_ticks=(1 << 70,) * len(o.samples)), "more ticks"),
        (VECTOR, lambda o: worker(o, set_bytes=4096), "ticks of none"),
        (VECTOR, lambda o: shorter(o, "launches"), "samples in columns of different lengths"),
        (VECTOR, lambda o: sample(o, disturbance=Disturbance(steal_s=-1.0)), "taken away"),
        (VECTOR, lambda o: ticks(o, TickHistogram((5, 4), (1, 1))), "no histogram"),
        (VECTOR, lambda o: ticks(o, TickHistogram((5,), (1, 1))), "no histogram"),
        (VECTOR, lambda o: ticks(o, TickHistogram((5,), (-1,))), "no histogram"),
        (VECTOR, lambda o: ticks(o, TickHistogram((-5,), (256,))), "no histogram"),
        (
            VECTOR,
            lambda o: replace(o, readings=Readings.of((Reading(1.0), Reading(0.5)))),
            "run backwards",
        ),
        (
            VECTOR,
            lambda o: replace(o, readings=Readings.of((Reading(1.0, power_w=-3.0),))),
            "below zero",
        ),
        (RANDOM, lambda o: read(o, ios=-1), "-1 operations"),
        (RANDOM, lambda o: read(o, ios=0), "without a single operation"),
        (RANDOM, lambda o: read(o, latency=Latency((), (), 0, 0)), "without a latency"),
        (RANDOM, lambda o: read(o, latency=Latency((9, 5), (1, 1), 5, 9)), "no histogram"),
        (RANDOM, lambda o: read(o, latency=Latency((5,), (1,), 9, 5)), "no histogram"),
        (
            RANDOM,
            lambda o: replace(o, result=replace(o.result, duration_s=0.0)),
            "a job that lasted 0.0 s",
        ),
    ],
)
def test_a_number_that_nobody_can_observe_is_noticed(
    honest: Evidence, metric: str, change: Callable[[object], object], said: str
) -> None:
    found = malformed(Subject(changed(honest, metric, change)))

    assert {f.rule for f in found} == {"OBS-001"}
    assert len(found) == 2, "both repeats, not the first alone"
    assert said in found[0].because


@pytest.mark.parametrize(
    ("cores", "said"),
    [((), "a core without a CPU"), ((Core((), 0, 0, None),), "a core without a CPU"),
     ((Core((0,), 0, 0, None), Core((0,), 0, 0, None)), "two cores share a CPU")],
)  # fmt: skip
def test_a_processor_that_cannot_be_is_noticed(
    honest: Evidence, cores: tuple[Core, ...], said: str
) -> None:
    host = honest.inventory.host
    processor = replace(host.processor, cores=cores)
    inventory = replace(honest.inventory, host=replace(host, processor=processor))

    (found,) = malformed(Subject(replace(honest, inventory=inventory)))

    assert (found.where, found.because) == ("inventory.json", said)


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"repeats": 0}, "has 0 repeats"), ({"cpus": ()}, "has no CPU"),
     ({"cpus": (0, 0)}, "one CPU twice"), ({"shape": (0, 5)}, "has the shape (0, 5)")],
)  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_noticed(
    honest: Evidence, fields: dict[str, object], said: str
) -> None:
    first, *rest = honest.plan.cases
    plan = replace(honest.plan, cases=(replace(first, **fields), *rest))  # type: ignore[arg-type]

    (found,) = malformed(Subject(replace(honest, plan=plan)))

    assert found.where == "plan.json"
    assert said in found.because


def test_a_case_that_is_planned_twice_is_noticed(honest: Evidence) -> None:
    plan = replace(honest.plan, cases=(*honest.plan.cases, honest.plan.cases[0]))

    assert malformed(Subject(replace(honest, plan=plan)))[0].because == "a case is planned twice"
