import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio, job_file
from storage_bench.errors import StorageError
from storage_bench.job import Job

JOB = Job("4k", "randread", 4096, 1.0, 4, 2, 4 * 2**20, 0.1, 0.2, 7)
needs_fio = pytest.mark.skipif(shutil.which("fio") is None, reason="fio is not installed")


def impostor(tmp_path, script: str) -> Fio:
    """A fio that does what `script` says instead."""
    program = tmp_path / "fio"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Fio(str(program), "3.33", "psync")


def refused(program: Fio, job: Job, path) -> str:
    with pytest.raises(StorageError) as caught:
        program.run(job, path)
    return caught.value.reason


@needs_fio
def test_fio_reads_at_random(data_file):
    result = run.find().run(JOB, data_file)
    assert (result.engine, result.write) == ("fio", None)
    assert result.interface == run.find().interface
    # fio counts bytes at completion and I/Os at submission: they differ by what was in flight.
    in_flight = JOB.depth * JOB.threads
    assert result.read.io_bytes == pytest.approx(result.read.ios * 4096, abs=in_flight * 4096)
    assert result.read.ios > in_flight
    assert result.duration_s >= 0.2
    assert result.warnings == ()


@needs_fio
def test_fio_mixes_reads_and_writes_in_the_share_asked_for(data_file):
    job = replace(JOB, pattern="randrw", read_share=0.7, duration_s=0.4)
    result = run.find().run(job, data_file)
    assert result.read.ios / result.ios == pytest.approx(0.7, abs=0.1)


@needs_fio
def test_fio_keeps_a_rate_and_its_windows_hold_what_its_summary_says(data_file):
    job = replace(JOB, pattern="randrw", read_share=0.7, duration_s=1.5, rate_iops=200.0)
    result = run.find().run(job, data_file)
    assert [(w.start_s, w.duration_s) for w in result.windows] == [(0.0, 1.0), (1.0, 0.5)]
    assert result.ios <= 1.1 * 200 * result.duration_s + JOB.depth * JOB.threads
    assert sum(w.ios for w in result.windows) == pytest.approx(result.ios, rel=0.2)
    assert 0 < result.cpu_share < 1


@needs_fio
@pytest.mark.parametrize("interface", ["psync", "libaio"])
def test_fio_runs_by_the_interface_it_is_told(data_file, interface):
    result = replace(run.find(), interface=interface).run(JOB, data_file)
    assert result.interface == interface


@needs_fio
def test_nothing_of_fio_is_left_behind(data_file):
    before = sorted(os.listdir(data_file.parent))
    run.find().run(JOB, data_file)
    assert sorted(os.listdir(data_file.parent)) == before


@needs_fio
def test_a_read_job_leaves_every_byte_as_it_was_and_a_write_job_does_not(data_file):
    before = data_file.read_bytes()
    run.find().run(JOB, data_file)
    assert data_file.read_bytes() == before
    run.find().run(replace(JOB, pattern="randwrite", read_share=0.0), data_file)
    assert data_file.read_bytes() != before


@needs_fio
def test_fio_that_fails_says_why(data_file):
    program = run.find()
    assert "ended with exit code 1" in refused(replace(program, interface="none"), JOB, data_file)


def test_a_killed_fio_is_an_error_and_leaves_nothing(data_file, tmp_path):
    before = sorted(os.listdir(data_file.parent))
    program = impostor(tmp_path, "echo half > capbench.fio.json; kill -9 $$")
    assert refused(program, JOB, data_file) == "fio was killed (Killed)."
    assert sorted(os.listdir(data_file.parent)) == before


ORPHAN = """
import sys
from pathlib import Path
from storage_bench.engines.fio.run import Fio
from storage_bench.workspace.guard import fill, workspace
from storage_bench.job import Job
job = Job("4k", "randread", 4096, 1.0, 1, 1, 2**20, 0.0, 60.0, 1)
with workspace(Path(sys.argv[2]), 2**20, allow_memory=True) as space:
    fill(space.data_file, 2**20, seed=1)
    Fio(sys.argv[1], "3.33", "psync").run(job, space.data_file)
"""


def test_fio_ends_with_a_run_that_is_killed(tmp_path):
    # The pipe reads as ended when the impostor, which holds its other end, is gone.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program = impostor(tmp_path, f"exec 3> {pipe}; echo started >&3; exec sleep 60")
    command = [sys.executable, "-c", ORPHAN, program.path, str(tmp_path)]
    with (
        subprocess.Popen(command, cwd=Path(run.__file__).parents[1]) as process,
        open(pipe, "rb", buffering=0) as told,
    ):
        assert told.readline() == b"started\n"
        process.kill()
        assert told.read() == b""


def test_rubbish_from_fio_is_an_error(data_file, tmp_path):
    program = impostor(tmp_path, "echo '<html>' > capbench.fio.json")
    assert "no JSON document" in refused(program, JOB, data_file)


def test_a_fio_that_writes_nothing_is_an_error(data_file, tmp_path):
    assert "wrote no output" in refused(impostor(tmp_path, "exit 0"), JOB, data_file)


def test_a_fio_that_hangs_is_stopped(data_file, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "GRACE_S", 0.0)
    assert "did not end" in refused(impostor(tmp_path, "exec sleep 60"), JOB, data_file)


def test_a_missing_binary_is_an_error(data_file, tmp_path):
    program = Fio(str(tmp_path / "nowhere"), "3.33", "psync")
    assert "No such file" in refused(program, JOB, data_file)


def test_no_fio_is_found_on_an_empty_path(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert run.find() is None


def test_a_program_that_only_bears_the_name_is_not_fio(tmp_path, monkeypatch):
    impostor(tmp_path, "echo hello")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert run.find() is None


def test_an_interface_without_a_queue_gets_threads_instead():
    text = job_file(JOB, "data", "psync")
    assert "iodepth=1\nnumjobs=8\n" in text
    assert "iodepth=4\nnumjobs=2\n" in job_file(JOB, "data", "libaio")


def test_threads_walk_through_parts_of_their_own_in_a_sequential_job():
    text = job_file(replace(JOB, pattern="read"), "data", "io_uring")
    assert f"size={2 * 2**20}\n" in text
    assert f"offset_increment={2 * 2**20}\n" in text


def test_a_rate_is_divided_over_jobs_and_directions():
    mixed = replace(JOB, pattern="randrw", read_share=0.7, rate_iops=1000.0)
    assert "rate_iops=350,150\nrate_process=linear\n" in job_file(mixed, "data", "io_uring")
    assert "rate_iops=500,\n" in job_file(replace(JOB, rate_iops=1000.0), "data", "io_uring")
    assert "rate_" not in job_file(JOB, "data", "io_uring")


@pytest.mark.parametrize(
    ("share", "expected"), [(1.0, "rw=randread\n"), (0.0, "rw=randwrite\n"), (0.7, "rw=randrw\n")]
)
def test_a_mix_of_one_kind_is_no_mix(share, expected):
    assert expected in job_file(replace(JOB, pattern="randrw", read_share=share), "data", "psync")


def test_a_colon_in_the_name_is_no_second_file():
    assert "filename=a\\:b\n" in job_file(JOB, "a:b", "psync")


@needs_fio
def test_fio_appends_and_makes_each_block_durable(data_file):
    log = data_file.with_name("capbench.appends")
    found = run.find().appends(log, 2300, 2300 * 100, limit_s=30)
    assert (found.engine, found.block_bytes) == (f"fio {run.find().version}", 2300)
    # fio syncs before the next write, so that the last one may go without.
    assert found.syncs in (99, 100)
    assert sum(found.sync_latency.counts) == found.syncs
    assert log.stat().st_size == 2300 * 100
    assert sorted(p.name for p in data_file.parent.iterdir()) == [
        "capbench.appends", "capbench.data", "capbench.marker.json",
    ]  # fmt: skip


def test_a_fio_that_says_nothing_of_its_syncs_is_an_error(tmp_path, data_file):
    program = impostor(tmp_path, "echo '{' > capbench.fio.json")
    with pytest.raises(StorageError, match="cannot be used"):
        program.appends(data_file.with_name("capbench.appends"), 2300, 2300, limit_s=1)
