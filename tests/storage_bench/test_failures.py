"""What storage does to a test: each case a named verdict or a clear error, with the real thing
where a kernel lets an ordinary user make it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.engines import uring
from storage_bench.engines.choose import choose
from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio
from storage_bench.engines.native import engine
from storage_bench.errors import StorageError
from storage_bench.guarantee.cache_bypass import alignment
from storage_bench.job import Job
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.workspace import fill as filling
from storage_bench.workspace import guard

JOB = Job("4k", "randread", 4096, 1.0, 4, 1, 4 * 2**20, 0.0, 0.1, 7)
ROOT = Path(guard.__file__).parents[1]

FILL_A_SMALL_DRIVE = """
import subprocess, sys
from pathlib import Path
from storage_bench.errors import StorageError
from storage_bench.workspace.fill import fill
from storage_bench.workspace.guard import workspace
folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], check=True)
import storage_bench.workspace.guard as guard
guard.RESERVE_BYTES = 0
with workspace(folder, 2**20, allow_memory=True) as space:
    try:
        fill(space.data_file, 2**24, seed=1)
    except StorageError as error:
        print(error.reason)
print(sorted(folder.iterdir()))
"""


def refused(call, *arguments) -> str:
    with pytest.raises(StorageError) as caught:
        call(*arguments)
    return caught.value.reason


def test_a_file_system_that_is_full_is_an_error_and_left_clean(tmp_path):
    # A mount of its own, which an ordinary user may make where the kernel allows it.
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", sys.executable, "-c", FILL_A_SMALL_DRIVE,
         str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, left = done.stdout.splitlines()
    assert "is full or over quota (No space left on device): wanted 16777216 bytes" in said
    assert left == "[]"


@pytest.mark.parametrize(
    ("code", "expected"),
    [(122, "over quota (Disk quota exceeded)"), (28, "(No space left on device)"),
     (5, "cannot be written: Input/output error")],
)  # fmt: skip
def test_quota_a_full_drive_and_a_bad_one_are_told_apart_while_filling(
    tmp_path, monkeypatch, code, expected
):
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(filling.os, "pwrite", fail)
    assert expected in refused(filling.fill, tmp_path / "data", 2**20, 1)


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_memory_is_named_memory_and_refused():
    assert classify(Path("/dev/shm")).media is MediaClass.MEMORY
    with (
        pytest.raises(StorageError, match="is no storage"),
        guard.workspace(Path("/dev/shm"), 4096),
    ):
        pass


def test_a_block_smaller_than_a_sector_is_explained():
    error = engine._failed(22, replace(JOB, block_bytes=512))
    assert error.reason == "The drive refuses blocks of 512 bytes past the page cache."
    assert "4096 on most" in error.next_step


def test_io_uring_that_is_refused_leaves_threads_and_says_why(data_file, monkeypatch):
    monkeypatch.setattr(uring, "SETUP_FLAGS", (1 << 31,))
    assert uring.refused() == "io_uring: Invalid argument"
    assert engine.run(JOB, data_file).interface == "psync"


def test_a_missing_fio_leaves_the_built_in_engine(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert run.find() is None
    assert choose()[0] == "native"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("kill -9 $$", "fio was killed (Killed)."),
        ("echo no such engine; exit 1", "fio ended with exit code 1 and said: no such engine."),
        ("echo rubbish > capbench.fio.json", "no JSON document"),
        ("echo '{' > capbench.fio.json", "cut off or damaged"),
        ("echo '{\n\"jobs\": []\n}' > capbench.fio.json", "no job"),
        ("exit 0", "wrote no output"),
    ],
)
def test_a_fio_that_dies_or_prints_rubbish_is_an_error(data_file, tmp_path, script, expected):
    program = tmp_path / "fio"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    assert expected in refused(Fio(str(program), "3.33", "psync").run, JOB, data_file)
    assert sorted(os.listdir(data_file.parent)) == ["capbench.data", "capbench.marker.json"]


def test_direct_io_that_is_ignored_breaks_the_proof(data_file, monkeypatch):
    # What tmpfs, gVisor and old ZFS do: the flag is accepted and means nothing.
    monkeypatch.setattr("storage_bench.guarantee.cache_bypass.os.O_DIRECT", 0)
    assert alignment(data_file, JOB).holds is False
