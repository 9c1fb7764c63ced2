"""How much of a machine a process may use."""

import pytest

from bench.evidence.codec import replace
from bench.testing.machine import simulated_inventory


@pytest.mark.parametrize(
    ("online", "quota", "part"),
    [
        (2, None, None),
        (2, 2.0, None),
        (4, None, "2 of 4 CPUs"),
        (2, 0.5, "0.5 of 2 CPUs"),
        (8, 1.5, "1.5 of 8 CPUs"),
        (8, 6.0, "2 of 8 CPUs"),
    ],
)
def test_the_tighter_of_affinity_and_quota_is_the_part(
    online: int, quota: float | None, part: str | None
) -> None:
    processor = simulated_inventory(cores=2).host.processor

    assert replace(processor, online_cpus=online, quota_cpus=quota).part == part
