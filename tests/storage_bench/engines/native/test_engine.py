import os
import signal
import threading
from dataclasses import replace

import pytest

from storage_bench.engines import uring
from storage_bench.engines.native import engine
from storage_bench.errors import StorageError
from storage_bench.job import Job

JOB = Job("4k", "randread", 4096, 1.0, 4, 2, 4 * 2**20, 0.05, 0.2, 7)

interfaces = pytest.mark.parametrize(
    "through",
    [
        pytest.param(
            "io_uring", marks=pytest.mark.skipif(bool(uring.refused()), reason=str(uring.refused()))
        ),
        "psync",
    ],
)


def refused(job: Job, path, through: str = "psync") -> str:
    with pytest.raises(StorageError) as caught:
        engine.run(job, path, through)
    return caught.value.reason


@interfaces
def test_reads_are_counted_with_their_latencies(data_file, through):
    result = engine.run(JOB, data_file, through)
    latency = result.read.latency
    assert (result.engine, result.interface, result.duration_s) == ("native", through, 0.2)
    assert result.write is None
    assert result.read.io_bytes == result.read.ios * 4096
    assert sum(latency.counts) == result.read.ios > 0
    assert 0 < latency.min_ns <= latency.percentile_ns(0.5) <= latency.max_ns


@interfaces
def test_no_more_operations_are_in_flight_than_asked_for(data_file, through):
    # Little's law: the latencies that fit into the time, one after the other, are the depth.
    result = engine.run(JOB, data_file, through)
    latency = result.read.latency
    total_ns = sum(b * c for b, c in zip(latency.bins_ns, latency.counts, strict=True))
    assert total_ns / 0.2e9 <= JOB.depth * JOB.threads * 1.05 + latency.max_ns / 0.2e9 * 8


@interfaces
def test_a_mix_has_the_share_asked_for(data_file, through):
    job = replace(JOB, pattern="randrw", read_share=0.7, duration_s=0.4)
    result = engine.run(job, data_file, through)
    assert result.read.ios / result.ios == pytest.approx(0.7, abs=0.1)


@interfaces
def test_windows_hold_every_operation_once(data_file, through):
    result = engine.run(replace(JOB, pattern="randrw", read_share=0.5), data_file, through)
    (window,) = result.windows
    assert (window.start_s, window.duration_s) == (0.0, 0.2)
    assert (window.reads, window.writes) == (result.read.ios, result.write.ios)
    assert sum(window.read_latency.counts) == result.read.ios
    assert window.write_latency.max_ns == result.write.latency.max_ns


@interfaces
def test_an_open_loop_does_what_falls_due_and_no_more(data_file, through):
    # One operation falls due in the first tenth of a second, one in each after it.
    job = replace(JOB, rate_iops=10.0, ramp_s=0.0, duration_s=0.95, threads=1, depth=2)
    assert 1 <= engine.run(job, data_file, through).ios <= 10


@interfaces
def test_a_rate_beyond_the_drive_leaves_the_loop_as_fast_as_a_closed_one(data_file, through):
    result = engine.run(replace(JOB, rate_iops=1e9), data_file, through)
    assert 0 < result.ios < 0.2e9


def test_a_job_with_a_rate_needs_waits_with_a_time_limit(monkeypatch):
    monkeypatch.setattr(uring, "FEATURE_EXT_ARG", 0)
    assert engine.interface(timed=True) == "psync"


@interfaces
def test_buffers_that_may_not_be_locked_are_used_unregistered(data_file, through, monkeypatch):
    monkeypatch.setattr(uring.Ring, "_register", lambda *_: False)
    assert engine.run(JOB, data_file, through).ios > 0


@interfaces
@pytest.mark.parametrize("pattern", ["read", "randread"])
def test_reads_leave_every_byte_as_it_was(data_file, through, pattern):
    before = data_file.read_bytes()
    engine.run(replace(JOB, pattern=pattern), data_file, through)
    assert data_file.read_bytes() == before


@interfaces
def test_sequential_writes_reach_every_block_with_a_pattern_of_its_own(data_file, through):
    before = data_file.read_bytes()
    job = Job("w", "write", 2**17, 0.0, 2, 1, 2**20, 0.0, 0.4, 7)
    engine.run(job, data_file, through)
    after = data_file.read_bytes()
    blocks = {after[start : start + 4096] for start in range(0, 2**20, 4096)}
    assert len(blocks) == 2**20 // 4096
    assert not blocks & {before[start : start + 4096] for start in range(0, 2**20, 4096)}
    assert after[2**20 :] == before[2**20 :]


@interfaces
def test_io_beyond_the_end_of_the_file_is_an_error_and_no_speed(data_file, through, monkeypatch):
    monkeypatch.setattr(engine, "require_data_file", lambda path, job: None)
    assert "fewer bytes" in refused(replace(JOB, size_bytes=64 * 2**20), data_file, through)


@interfaces
def test_an_error_of_the_kernel_is_named(data_file, through, monkeypatch):
    write_only = os.open(data_file, os.O_WRONLY)
    monkeypatch.setattr(engine, "_open", lambda path, job: write_only)
    assert "Bad file descriptor" in refused(JOB, data_file, through)


def test_a_missing_file_is_an_error(tmp_path):
    assert "No such file" in refused(JOB, tmp_path / "nothing")


def test_ctrl_c_ends_a_long_job_and_its_threads(data_file):
    engine.run(JOB, data_file, "psync")  # compiles, so that the signal meets the job
    before = threading.active_count()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        engine.run(replace(JOB, duration_s=60.0), data_file, "psync")
    timer.join()
    assert threading.active_count() == before


def test_an_error_of_the_drive_is_named(data_file, monkeypatch):
    # Reading one's own memory at address 0 is an I/O error, made by the kernel itself.
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    monkeypatch.setattr(engine, "_open", lambda path, job: memory)
    job = replace(JOB, pattern="read", depth=1, threads=1)
    assert "Input/output error" in refused(job, data_file)


def test_a_thread_that_the_system_refuses_is_an_error(data_file, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    assert "8 threads cannot be started" in refused(JOB, data_file)


def test_a_drive_that_finishes_nothing_is_an_error_and_no_zero(data_file):
    assert "Not one I/O ended" in refused(replace(JOB, duration_s=1e-9, ramp_s=0.0), data_file)


def test_a_refused_ring_is_an_error(data_file, monkeypatch):
    monkeypatch.setattr(uring, "SETUP_FLAGS", (1 << 31,))
    assert "could not start" in refused(JOB, data_file, "io_uring")


def test_without_io_uring_the_interface_is_psync(monkeypatch):
    monkeypatch.setattr(uring, "SETUP_FLAGS", (1 << 31,))
    assert engine.interface() == "psync"
