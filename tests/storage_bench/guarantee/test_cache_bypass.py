import os
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.engines.native import engine
from storage_bench.guarantee import cache_bypass
from storage_bench.job import Direction, Job, JobResult, Latency
from storage_bench.observations import PROOF, Counters, Part, Proof
from storage_bench.workspace.guard import fill, workspace

JOB = Job("4k", "randread", 4096, 1.0, 4, 1, 4 * 2**20, 0.0, 0.1, 7)
LATENCY = Latency((100_000,), (1000,), 90_000, 110_000)
RESULT = JobResult("native", "2", "psync", 1.0, Direction(1000, 4_096_000, LATENCY), None, ())


def test_a_direct_job_on_a_drive_is_proved_to_have_passed_the_cache(drive_file):
    result = engine.run(JOB, drive_file)
    proof = cache_bypass.prove(drive_file, JOB, result, Counters(0, result.io_bytes, 0, 0))
    assert {part.name: part.holds for part in proof.parts} == {
        "alignment": True, "residency": True, "device": True, "physics": True,
    }  # fmt: skip
    assert (proof.stands, proof.broken) == (True, ())


def test_a_file_that_was_read_through_the_cache_is_found_out(drive_file):
    drive_file.read_bytes()
    found = cache_bypass.residency(drive_file, JOB.size_bytes, seed=1)
    assert (found.holds, found.because) == (False, "256 of 256 sampled pages are in the page cache")


@pytest.mark.parametrize(("cached", "resident"), [(False, 0), (True, 256)])
def test_a_drive_that_answers_before_the_look_goes_on_is_no_cache(
    drive_file, monkeypatch, cached, resident
):
    if cached:
        drive_file.read_bytes()
    at_once = os.preadv
    monkeypatch.setattr(os, "preadv", lambda file, buffers, at, flags=0: at_once(file, buffers, at))
    found = cache_bypass.residency(drive_file, JOB.size_bytes, seed=1)
    assert found.because == f"{resident} of 256 sampled pages are in the page cache"
    assert found.holds is not cached


def test_looking_leaves_nothing_that_the_next_look_finds(drive_file):
    looks = [cache_bypass.residency(drive_file, JOB.size_bytes, seed=1) for _ in range(5)]
    assert {look.holds for look in looks} <= {True, None}


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_memory_that_accepts_direct_io_is_found_out():
    with workspace(Path("/dev/shm"), 2**20, allow_memory=True) as space:
        fill(space.data_file, 2**20, seed=1)
        assert cache_bypass.alignment(space.data_file, JOB).holds is False
        assert cache_bypass.residency(space.data_file, 2**20, seed=1).holds is not True


def test_a_buffered_job_proves_nothing(data_file):
    assert cache_bypass.alignment(data_file, replace(JOB, direct=False)).holds is False


@pytest.mark.parametrize(
    ("seen", "holds"),
    [(None, None), (Counters(0, 4_096_000, 0, 0), True), (Counters(0, 3_800_000, 0, 0), False)],
)
def test_the_device_must_have_moved_the_bytes(seen, holds):
    assert cache_bypass.device(RESULT, seen).holds is holds


def test_reads_as_fast_as_memory_are_no_reads_of_a_drive():
    fast = replace(RESULT.read, latency=Latency((900,), (10,), 800, 1000))
    assert cache_bypass.physics(replace(RESULT, read=fast), None).holds is False


@pytest.mark.parametrize(("in_order", "holds"), [(None, True), (5e6, True), (4e6, False)])
def test_random_reads_do_not_outrun_sequential_ones(in_order, holds):
    assert cache_bypass.physics(RESULT, in_order).holds is holds


def test_a_proof_with_a_part_that_cannot_be_told_does_not_stand():
    unknown = Part("device", None, "no device")
    rest = tuple(Part(name, True, "") for name in PROOF if name != "device")
    assert Proof((*rest, replace(unknown, holds=True))).stands
    assert (Proof((*rest, unknown)).stands, Proof((*rest, unknown)).broken) == (False, (unknown,))


def test_leaving_out_the_part_that_does_not_hold_mends_no_proof():
    rest = tuple(Part(name, True, "") for name in PROOF if name != "residency")
    assert Proof(rest).broken == (Part("residency", None, "was left out"),)
    assert not Proof(()).stands
