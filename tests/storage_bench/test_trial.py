import os
from dataclasses import replace

import pytest

from storage_bench import engine, guarantee, trial
from storage_bench.errors import StorageError
from storage_bench.guard import workspace
from storage_bench.judge import judge
from storage_bench.verdict import Verdict

GUARANTEE = guarantee.load()
SHORT = replace(GUARANTEE.tiers["minute"], duration_s=1.0, settle_s=0.1, least_bytes=8 * 2**20)
SIZE = 8 * 2**20


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(trial, "SEQUENTIAL_S", 0.1)


def test_a_replicate_brings_home_everything_that_it_is_judged_by(drive_file):
    folder = drive_file.parent.parent
    notes: list[str] = []
    with workspace(folder, SIZE) as space:
        found = trial.carry_out(GUARANTEE, SHORT, space, SIZE, 1, "native", notes.append)
        again = trial.carry_out(GUARANTEE, SHORT, space, SIZE, 2, "native")
    assert found.failure is None
    assert len(found.result.windows) == 1
    assert [part.name for part in found.bypass.parts] == [
        "alignment", "residency", "device", "physics",
    ]  # fmt: skip
    assert (found.data.blocks, found.data.repeated) == (1000, 0)
    assert found.seen is None or found.seen.ios > 0
    assert notes[0] == "writing 0.0 GB of random data"
    assert again.result is not None


def test_an_engine_that_dies_makes_a_replicate_without_a_result(drive_file, monkeypatch):
    def die(*_: object) -> None:
        raise StorageError("fio was killed (Killed).", "See the kernel's log.")

    monkeypatch.setattr(engine, "run", die)
    with workspace(drive_file.parent.parent, SIZE) as space:
        found = trial.carry_out(GUARANTEE, SHORT, space, SIZE, 1, "fio")
    judgement = judge(GUARANTEE, "minute", (found,), SIZE)
    assert judgement.verdict is Verdict.NOT_MEASURED
    assert "fio was killed (Killed)" in judgement.reasons[0]


def test_a_full_drive_is_an_error_and_leaves_nothing(drive_file, monkeypatch):
    def full(*_: object) -> None:
        raise StorageError("it is full.", "Make room.")

    monkeypatch.setattr(trial, "fill", full)
    before = sorted(os.listdir(drive_file.parent.parent))
    with (
        pytest.raises(StorageError, match="full"),
        workspace(drive_file.parent.parent, SIZE) as space,
    ):
        trial.carry_out(GUARANTEE, SHORT, space, SIZE, 1, "native")
    assert sorted(os.listdir(drive_file.parent.parent)) == before
