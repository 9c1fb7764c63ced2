import os
from dataclasses import replace

import pytest

from storage_bench.engines import choose
from storage_bench.errors import StorageError
from storage_bench.guarantee import compressibility, definition, replicate
from storage_bench.guarantee.judging.judge import judge
from storage_bench.guarantee.judging.verdict import CheckResult
from storage_bench.workspace.guard import workspace

LOADED = definition.load()
GUARANTEE = replace(LOADED, appends=replace(LOADED.appends, size_bytes=20 * 2300))
SHORT = replace(GUARANTEE.tiers["minute"], duration_s=1.0, settle_s=0.1, least_bytes=8 * 2**20)
SIZE = 8 * 2**20


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(replicate, "SEQUENTIAL_S", 0.1)


@pytest.fixture
def prepared(drive_file):
    """A file of 8 MiB on a drive, in a marked folder."""
    with workspace(drive_file.parent.parent, SIZE) as space:
        replicate.prepare(space.data_file, SIZE, seed=1)
        yield space.data_file


def test_a_replicate_brings_home_everything_that_it_is_judged_by(prepared):
    notes: list[str] = []
    found = replicate.run_replicate(GUARANTEE, SHORT, prepared, SIZE, 1, "native", notes.append)
    assert found.failure is None
    assert len(found.result.windows) == 1
    assert [part.name for part in found.bypass.parts] == [
        "alignment", "residency", "device", "physics",
    ]  # fmt: skip
    assert (found.data.blocks, found.data.repeated) == (1000, 0)
    assert found.sequential_bytes_per_s > 0
    assert found.seen is None or found.seen.ios > 0
    assert found.appends.syncs == 20
    assert [note.partition(" ")[0] for note in notes] == [
        "letting", "measuring", "reading", "appending",
    ]  # fmt: skip
    kinds = found.integrity
    assert kinds.anew + kinds.as_filled + kinds.by_load == kinds.blocks == 1024
    assert sorted(os.listdir(prepared.parent)) == ["capbench.data", "capbench.marker.json"]


def test_each_replicate_has_a_file_of_its_own(prepared):
    first = prepared.read_bytes()
    notes: list[str] = []
    replicate.prepare(prepared, SIZE, seed=2, note=notes.append)
    assert prepared.read_bytes() != first
    assert notes == ["writing 0.0 GB of random data"]


def test_an_engine_that_dies_makes_a_replicate_without_a_result(prepared, monkeypatch):
    def die(*_: object) -> None:
        raise StorageError("fio was killed (Killed).", "See the kernel's log.")

    monkeypatch.setattr(choose, "run", die)
    found = replicate.run_replicate(GUARANTEE, SHORT, prepared, SIZE, 1, "fio")
    judgement = judge(GUARANTEE, "minute", (found,), SIZE)
    assert judgement.verdict is CheckResult.NOT_MEASURED
    assert "fio was killed (Killed)" in judgement.reasons[0]


def test_a_drive_that_dies_after_the_load_takes_no_measurement_with_it(prepared, monkeypatch):
    def unreadable(*_: object) -> None:
        raise StorageError("it cannot be read back.", "Check the drive.")

    monkeypatch.setattr(compressibility, "sample", unreadable)
    found = replicate.run_replicate(GUARANTEE, SHORT, prepared, SIZE, 1, "native")
    assert found.result.ios > 0
    assert found.data is None


def test_a_byte_that_the_drive_changes_after_the_load_fails_the_replicate(prepared, monkeypatch):
    real = replicate.read_back.check

    def corrupted(path, *arguments, **options):
        with open(path, "r+b") as file:
            file.seek(12_345)
            byte = file.read(1)[0]
            file.seek(12_345)
            file.write(bytes([byte ^ 0x80]))
        return real(path, *arguments, **options)

    monkeypatch.setattr(replicate.read_back, "check", corrupted)
    few = replace(GUARANTEE, integrity=replace(GUARANTEE.integrity, written_anew_blocks=1))
    found = replicate.run_replicate(few, SHORT, prepared, SIZE, 1, "native")
    assert found.integrity.broken_at == (8192,)
    assert judge(few, "minute", (found,), SIZE).verdict is CheckResult.FAIL


def test_appends_that_cannot_be_made_are_said_and_take_nothing_else_with_them(
    prepared, monkeypatch
):
    def refuse(*_: object) -> None:
        raise StorageError("no room for a log.", "Make room.")

    monkeypatch.setattr(choose, "appends", refuse)
    notes: list[str] = []
    found = replicate.run_replicate(GUARANTEE, SHORT, prepared, SIZE, 1, "native", notes.append)
    assert found.appends is None
    assert found.result.ios > 0
    assert notes[-1] == "no room for a log. Make room."


def test_a_full_drive_is_an_error(prepared, monkeypatch):
    def full(*_: object) -> None:
        raise StorageError("it is full.", "Make room.")

    monkeypatch.setattr(replicate, "fill", full)
    with pytest.raises(StorageError, match="full"):
        replicate.prepare(prepared, SIZE, seed=1)
