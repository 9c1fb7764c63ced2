"""Caches found in staircases that were made up, and so are known."""

import random

import pytest

from bench.planning.working_sets import sizes
from reports.performance.processor.cache_levels import Level, Size, levels, plateaus

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
SETS = sizes(256 * MIB)


def staircase(
    *steps: tuple[int, float], last: float, sets: tuple[int, ...] = SETS, noise: float = 0.0
) -> dict[int, float]:
    """Time by working set: of each cache a share of a larger set stays, of the rest the next has.

    Half of the loads miss a set of 1.26 times the capacity, for 1.26**3 = 2.
    `noise` is the standard deviation of the times' logarithm, seeded.
    """
    random.seed(20250701)
    found = {}
    for size in sets:
        time = last
        for capacity, own in reversed(steps):
            hits = min(1.0, (capacity / size) ** 3)
            time = own * hits + time * (1 - hits)
        found[size] = time * random.lognormvariate(0, noise)
    return found


def inverse(times: dict[int, float]) -> dict[int, float]:
    return {size: 1 / time for size, time in times.items()}


THREE = staircase((48 * KIB, 1.2e-9), (2 * MIB, 4e-9), (32 * MIB, 25e-9), last=100e-9)


def test_three_caches_and_memory_are_found_where_they_are() -> None:
    found = plateaus(THREE)

    assert [p.holds_bytes for p in found] == [48 * KIB, 2 * MIB, 32 * MIB, 256 * MIB]
    assert [p.outgrown_bytes for p in found] == [64 * KIB, 3 * MIB, 48 * MIB, None]
    assert [p.cost for p in found] == pytest.approx([1.2e-9, 4e-9, 25e-9, 100e-9], rel=0.03)


def test_two_caches_and_memory_are_found_where_they_are() -> None:
    found = plateaus(staircase((32 * KIB, 1e-9), (1 * MIB, 5e-9), last=90e-9))

    assert [p.holds_bytes for p in found] == [32 * KIB, 1 * MIB, 256 * MIB]


def test_one_level_only_is_one_level_without_a_size() -> None:
    (only,) = plateaus(dict.fromkeys(SETS, 80e-9))

    assert (only.cost, only.holds_bytes, only.outgrown_bytes) == (80e-9, 256 * MIB, None)
    assert levels(dict.fromkeys(SETS, 80e-9), {}) == (Level(None, None, 80e-9, None),)


def test_nothing_measured_has_no_level() -> None:
    assert plateaus({}) == ()
    assert levels({}, {}) == ()


def test_one_working_set_is_one_level() -> None:
    assert [p.cost for p in plateaus({4096: 1e-9})] == [1e-9]


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1])
def test_noise_makes_no_level_and_hides_none(noise: float) -> None:
    steps = ((48 * KIB, 1.2e-9), (2 * MIB, 4e-9), (32 * MIB, 25e-9))
    found = plateaus(staircase(*steps, last=100e-9, noise=noise))

    assert [p.cost for p in found] == pytest.approx([1.2e-9, 4e-9, 25e-9, 100e-9], rel=0.15)
    # Within one working set of the truth.
    assert [p.holds_bytes for p in found[:-1]] == pytest.approx(
        [48 * KIB, 2 * MIB, 32 * MIB], rel=0.34
    )


def test_a_disturbed_working_set_is_no_level() -> None:
    disturbed = dict(THREE)
    disturbed[16 * KIB] *= 2
    disturbed[256 * MIB] *= 2

    assert len(plateaus(disturbed)) == 4


def test_memory_that_gets_slower_by_and_by_is_one_level() -> None:
    drifting = {size: time * (1 + 0.1 * i / len(THREE)) for i, (size, time) in
                enumerate(THREE.items())}  # fmt: skip

    assert len(plateaus(drifting)) == 4


def test_a_cache_that_is_hardly_slower_than_the_one_before_is_not_told_apart() -> None:
    assert len(plateaus(staircase((48 * KIB, 1e-9), (2 * MIB, 1.3e-9), last=100e-9))) == 2


def test_a_share_of_a_cache_that_the_system_overstates_six_times_shows_as_it_is() -> None:
    claimed, ours = 32 * MIB, 32 * MIB // 6
    found = levels(staircase((32 * KIB, 1.3e-9), (1 * MIB, 3.8e-9), (ours, 13e-9), last=130e-9), {})

    assert found[2].size == Size(holds_bytes=5 * MIB, outgrown_bytes=7 * MIB)
    assert found[2].size.outgrown_bytes < claimed / 4


def test_latency_and_bandwidth_are_those_of_one_level() -> None:
    # Bytes a second: 64 a load's time.
    found = levels(THREE, inverse({size: time / 64 for size, time in THREE.items()}))

    assert [level.size for level in found] == [level.streamed_size for level in found]
    assert found[0].size == Size(48 * KIB, 64 * KIB)
    assert found[-1].size is None
    assert [level.read for level in found] == pytest.approx(
        [64 / level.latency_s for level in found if level.latency_s], rel=1e-3
    )


def test_a_stream_keeps_more_of_a_shared_cache_and_both_sizes_are_told() -> None:
    streamed = staircase(
        (48 * KIB, 3e-12), (2 * MIB, 6e-12), (96 * MIB, 34e-12), last=70e-12, sets=sizes(GIB)
    )
    found = levels(
        staircase((48 * KIB, 1.2e-9), (2 * MIB, 4e-9), (7 * MIB, 35e-9), last=100e-9),
        inverse(streamed),
    )

    assert found[2].size == Size(7 * MIB, 12 * MIB)
    assert found[2].streamed_size == Size(96 * MIB, 128 * MIB)
    # The smaller ones of these sets still have some lines in cache 2.
    assert found[2].read == pytest.approx(1 / 34e-12, rel=0.1)
    assert found[3].read == pytest.approx(1 / 70e-12, rel=0.05)


def test_a_ladder_that_ends_inside_a_cache_gives_memory_the_rate_of_its_largest_set() -> None:
    read = inverse(staircase((48 * KIB, 3e-12), (2 * MIB, 6e-12), last=34e-12))
    read[256 * MIB] = 1 / 40e-12
    found = levels(
        staircase((48 * KIB, 1.2e-9), (2 * MIB, 4e-9), (7 * MIB, 35e-9), last=100e-9), read
    )

    assert found[2].streamed_size is None
    assert found[2].read == pytest.approx(1 / 34e-12, rel=0.2)
    assert found[3].read == 1 / 40e-12


def test_without_latencies_the_ladder_alone_shows_the_caches() -> None:
    found = levels({}, inverse(staircase((48 * KIB, 3e-12), (2 * MIB, 6e-12), last=34e-12)))

    assert [level.latency_s for level in found] == [None, None, None]
    assert [level.streamed_size for level in found] == [
        Size(48 * KIB, 64 * KIB), Size(2 * MIB, 3 * MIB), None,
    ]  # fmt: skip
