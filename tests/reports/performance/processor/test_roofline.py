"""Roofs, ceilings and ridges from estimates."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.plan import KernelCase
from bench.planning.working_sets import sizes
from bench.testing.machine import simulated_evidence
from reports.performance.processor.roofline import Ceiling, Roof, rooflines
from reports.performance.subject import Subject

KIB = 1 << 10


def named(name: str) -> tuple[str, Statistic, str | None]:
    """Metric, statistic and implementation of a figure that is called so."""
    stem, _, last = name.rpartition(".")
    stem, statistic = (stem, Statistic(last)) if last in set(Statistic) else (name, Statistic.VALUE)
    if stem.endswith((".numba", ".other")):
        stem, _, way = stem.rpartition(".")
        return stem, statistic, way
    return stem, statistic, None


def evidence(with_ladder: bool = False, **figures: float) -> Evidence:
    """Figures by name, and one core's ladder."""
    simulated = simulated_evidence()
    case = simulated.plan.cases[0]
    assert isinstance(case, KernelCase)
    ladder = replace(case, metric="cpu.cache.read.one_core", kernel="ladder", cpus=(0,))
    return replace(
        simulated,
        plan=replace(simulated.plan, cases=(ladder,)),
        estimates=(
            *(
                Estimate(metric, statistic, value, value, value, "", 0.75, 3, way)
                for name, value in figures.items()
                for metric, statistic, way in (named(name),)
            ),
            *(LADDER if with_ladder else ()),
        ),
    )


LADDER = tuple(
    Estimate(
        "cpu.cache.read.one_core", Statistic.VALUE, rate, rate, rate, "", 0.75, 3,
        working_set_bytes=size,
    )
    for size in sizes(1 << 20)
    for rate in (400e9 if size <= 32 * KIB else 20e9,)
)  # fmt: skip


def test_a_ridge_is_where_bandwidth_and_peak_are_equal() -> None:
    assert Ceiling("memory", 20e9).ridge(Roof("fp32", 260e9)) == 13.0


def test_one_cores_ceilings_are_its_caches_and_memory_highest_first() -> None:
    (line,) = rooflines(
        Subject(
            evidence(
                with_ladder=True,
                **{"cpu.vector.fp32.one_core": 260e9, "cpu.vector.fp64.one_core": 130e9},
            )
        )
    )

    assert (line.host, line.cores) == ("simulated", 1)
    assert line.roofs == (Roof("fp32", 260e9), Roof("fp64", 130e9))
    assert [ceiling.name for ceiling in line.ceilings] == ["cache 1", "memory"]
    assert [ceiling.bandwidth for ceiling in line.ceilings] == pytest.approx([400e9, 20e9])


def test_all_cores_are_bound_by_the_streams_and_never_by_one_cores_caches() -> None:
    (line,) = rooflines(
        Subject(
            evidence(
                with_ladder=True,
                **{"cpu.vector.fp32": 1e12, "memory.triad": 50e9, "memory.copy": 60e9},
            )
        )
    )

    assert line.cores == 4
    assert line.ceilings == (Ceiling("memory.copy", 60e9), Ceiling("memory.triad", 50e9))


def test_rates_are_those_while_the_cores_are_ours_of_the_best_way() -> None:
    (line,) = rooflines(
        Subject(
            evidence(
                **{
                    "cpu.vector.fp32": 900e9,
                    "cpu.vector.fp32.numba.capability": 1000e9,
                    "cpu.vector.fp32.other.capability": 1100e9,
                    "cpu.vector.fp32.one_core.capability": 5000e9,
                    "memory.triad": 40e9,
                    "memory.triad.capability": 50e9,
                }
            )
        )
    )

    assert line.roofs == (Roof("fp32", 1100e9),)
    assert line.ceilings == (Ceiling("memory.triad", 50e9),)


@pytest.mark.parametrize(
    "figures",
    [{}, {"cpu.vector.fp32": 1e12}, {"memory.triad": 50e9}, {"with_ladder": True},
     {"cpu.vector.fp32.one_core": 1e12, "memory.triad": 50e9}],
)  # fmt: skip
def test_without_a_roof_or_a_ceiling_there_is_no_roofline(figures: dict[str, float]) -> None:
    assert rooflines(Subject(evidence(**figures))) == ()


def test_a_machine_of_one_core_has_one_roofline() -> None:
    one = evidence(**{"cpu.vector.fp32": 1e11, "memory.triad": 2e10})
    host = one.inventory.host
    processor = replace(host.processor, cores=host.processor.cores[:1], online_cpus=1)
    one = replace(one, inventory=replace(one.inventory, host=replace(host, processor=processor)))

    assert [(line.cores, len(line.ceilings)) for line in rooflines(Subject(one))] == [(1, 1)]
