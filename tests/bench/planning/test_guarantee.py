"""What testing a guarantee here comes to."""

import os
from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.machine.volume import volume
from bench.planning.guarantee import guarantee_case, guarantee_plan
from storage_bench.errors import StorageError
from storage_bench.guarantee import definition as guarantees


def test_a_case_says_where_by_what_and_how_large(tmp_path: Path) -> None:
    case = guarantee_case(volume(tmp_path), "native", "native-io_uring", tier="full", capped=True,
                          array_cache_bytes=2**40, seed=5)  # fmt: skip
    tier = guarantees.load().tiers["full"]

    assert case.needed_bytes == tier.working_set_bytes(
        case.volume_bytes, case.memory_bytes, 8192, 2**40
    )
    assert (case.capped, case.seed, case.repeats) == (True, 5, 3)
    assert (case.engine, case.implementation.partition("-")[0]) == ("native", "native")
    assert case.guarantee_sha256 == guarantees.text_sha256("critical-business@1.0")
    assert case.directory == str(tmp_path.resolve())
    assert case.mount_point is not None
    assert os.path.ismount(case.mount_point)
    assert guarantee_plan(case).scheduled_cases() == ((case, 0), (case, 1), (case, 2))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"tier": "gold"}, UsageError),
        ({"seed": -1}, UsageError),
        ({"array_cache_bytes": -1}, UsageError),
        ({"definition": "silver@9"}, StorageError),
    ],
)
def test_what_cannot_be_asked_for_is_refused(tmp_path: Path, options, error) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error):
        guarantee_case(volume(tmp_path), "native", "native-psync", **options)
