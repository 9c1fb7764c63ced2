"""Rates of chunks that timed themselves."""

import pytest

from bench.analysis.capability import counter_figures, figures_by_set
from bench.analysis.tick_histogram import fold
from bench.evidence.outcome import (
    Measured,
    Readings,
    Sample,
    Samples,
    WorkerTicks,
)


def worker(cpu: int, work: list[int], probe: list[int], size: int | None = None) -> WorkerTicks:
    """Chunks of 64 000 operations, the first of them with probes of 1000 cycles beside them."""
    cycles = [round(chunk * 1000 / beside) for chunk, beside in zip(work, probe, strict=False)]
    return WorkerTicks(
        cpu, 64_000, fold(work), 1000, fold(probe), fold(cycles), (len(work),),
        (sum(work) + sum(probe),), (sorted(work)[len(work) // 2],), size,
    )  # fmt: skip


def measured(*workers: WorkerTicks) -> Measured:
    samples = Samples.of((Sample(0.0, 1.0, 1),))
    return Measured("case", 0, 1, 0, samples, Readings(), 0.0, 1.0, "time up", {}, workers, 2e9)


def capability(outcome: Measured) -> float | None:
    return counter_figures(outcome).capability


def ops_per_cycle(outcome: Measured) -> float | None:
    return counter_figures(outcome).per_cycle


def clock_hz(outcome: Measured) -> float | None:
    return counter_figures(outcome).clock_hz


# A counter of 2 GHz, cores at 4 GHz: a probe of 1000 cycles takes 500 ticks.
QUIET = measured(worker(0, [500] * 9, [500] * 9), worker(1, [500] * 9, [500] * 9))


def test_the_counter_and_the_probe_give_rate_clock_and_work_a_cycle() -> None:
    assert capability(QUIET) == 2 * 64_000 / 500 * 2e9
    assert clock_hz(QUIET) == 4e9
    assert ops_per_cycle(QUIET) == 64.0


def test_interruptions_of_some_chunks_change_nothing() -> None:
    disturbed = measured(
        worker(0, [500] * 9 + [90_000] * 3, [500] * 9), worker(1, [500] * 9, [500] * 9)
    )

    assert capability(disturbed) == capability(QUIET)


def test_a_lower_clock_lowers_the_rate_and_not_the_work_a_cycle() -> None:
    slow = measured(*(worker(cpu, [1000] * 9, [1000] * 9) for cpu in (0, 1)))

    assert capability(slow) == pytest.approx(64_000 * 2e9 / 500)
    assert ops_per_cycle(slow) == 64.0
    assert clock_hz(slow) == 2e9


def test_a_clock_that_wanders_changes_the_clock_and_not_the_work_a_cycle() -> None:
    wandering = [500] * 4 + [520] * 2 + [540] * 3
    found = measured(*(worker(cpu, wandering, wandering) for cpu in (0, 1)))

    assert ops_per_cycle(found) == 64.0
    assert clock_hz(found) == 1000 / 520 * 2e9
    assert capability(found) == 2 * 64.0 * 1000 / 520 * 2e9


def test_a_core_that_is_taken_away_in_most_chunks_without_a_probe_beside_them_is_seen_through() -> (
    None
):
    busy = measured(worker(0, [500] * 4 + [2000] * 6, [500] * 4))

    assert capability(busy) == 64_000 / 500 * 2e9
    assert ops_per_cycle(busy) == 64.0


def test_a_counter_that_was_set_back_once_changes_nothing() -> None:
    set_back = measured(worker(0, [500] * 9 + [-90], [500] * 10))

    assert ops_per_cycle(set_back) == 64.0
    assert capability(set_back) == 64_000 / 500 * 2e9


def test_a_sibling_that_slows_most_chunks_is_seen_through() -> None:
    now_and_then = measured(worker(0, [500] * 30 + [750] * 70, [500] * 100))

    assert ops_per_cycle(now_and_then) == 64.0


def test_a_sibling_that_slows_every_chunk_is_not_seen_through() -> None:
    beside_a_sibling = measured(worker(0, [750] * 9, [500] * 9))

    assert ops_per_cycle(beside_a_sibling) == pytest.approx(64_000 / 1500, rel=1e-3)


def test_without_a_probe_the_clock_is_unknown() -> None:
    blind = measured(worker(0, [500], []))

    assert ops_per_cycle(blind) is None
    assert clock_hz(blind) is None
    assert capability(blind) is not None


def test_without_ticks_everything_is_unknown() -> None:
    assert capability(measured()) is None
    assert ops_per_cycle(measured()) is None


def test_a_working_set_is_looked_at_as_if_there_were_no_other() -> None:
    several = measured(
        *(worker(0, [ticks] * 9, [500] * 9, size) for size, ticks in ((4096, 500), (8192, 1000)))
    )
    alone = figures_by_set(several)

    assert list(alone) == [4096, 8192]
    assert [each.capability for each in alone.values()] == [64_000 * 4e6, 64_000 * 2e6]
    assert [each.per_cycle for each in alone.values()] == [64.0, 32.0]
    assert capability(several) is None
    assert figures_by_set(QUIET) == {}
