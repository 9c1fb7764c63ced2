"""Memory that poses as a drive gives no figure, whatever it is called."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.engines import choose
from storage_bench.errors import StorageError
from storage_bench.guarantee import cache_bypass, proven_job
from storage_bench.job import Direction, Job, JobResult, Latency
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.observations import Part, Proof
from storage_bench.workspace.guard import fill, workspace

JOB = Job("4k", "randread", 4096, 1.0, 4, 1, 4 * 2**20, 0.0, 0.1, 7)
LATENCY = Latency((100_000,), (1000,), 90_000, 110_000)
RESULT = JobResult("native", "2", "psync", 1.0, Direction(1000, 4_096_000, LATENCY), None, ())


def test_a_job_on_a_drive_gives_its_result_and_what_shows_it(drive_file):
    result, proof = proven_job.run("native", JOB, drive_file)

    assert result.ios > 0
    assert "alignment" in proven_job.held(proof)


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_memory_gives_none():
    with workspace(Path("/dev/shm"), JOB.size_bytes, allow_memory=True) as space:
        fill(space.data_file, JOB.size_bytes, seed=1)
        with pytest.raises(StorageError, match="Memory answered and no drive"):
            proven_job.run("native", JOB, space.data_file)


@pytest.mark.parametrize("broken", ["residency", "device", "physics", "alignment"])
def test_one_broken_part_is_enough(broken, data_file, monkeypatch):
    scripted(monkeypatch, broken)

    with pytest.raises(StorageError, match=f"{broken}: it is"):
        proven_job.run("native", JOB, data_file)


@pytest.mark.parametrize(("broken", "passes"), [("alignment", True), ("residency", False)])
def test_a_server_may_take_reads_that_begin_anywhere(broken, passes, data_file, monkeypatch):
    scripted(monkeypatch, broken)
    network = replace(classify(data_file), media=MediaClass.NETWORK)
    monkeypatch.setattr(proven_job, "classify", lambda path: network)

    if passes:
        assert proven_job.run("native", JOB, data_file)[0] == RESULT
    else:
        with pytest.raises(StorageError):
            proven_job.run("native", JOB, data_file)


def scripted(monkeypatch, broken):
    proof = Proof((Part("physics", True, "fine"), Part(broken, False, "it is not so")))
    monkeypatch.setattr(choose, "run", lambda *_: RESULT)
    monkeypatch.setattr(cache_bypass, "prove", lambda *_: proof)
