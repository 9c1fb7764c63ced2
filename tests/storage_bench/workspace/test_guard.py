import errno
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.errors import StorageError
from storage_bench.job import Job
from storage_bench.workspace import guard
from storage_bench.workspace.guard import find_leftovers, remove, require_data_file, workspace
from storage_bench.workspace.marker import MARKER

READS = Job("r", "randread", 4096, 1.0, 1, 1, 4 * 2**20, 0.0, 0.1, 1)
WRITES = replace(READS, pattern="randwrite", read_share=0.0)

HOLD = """
import sys, time
from pathlib import Path
from storage_bench.workspace.guard import workspace
with workspace(Path(sys.argv[1]), 4096, allow_memory=True) as space:
    space.data_file.write_text("data")
    print(space.path, flush=True)
    time.sleep(60)
"""


def space_in(directory: Path, need_bytes: int = 4096):
    return workspace(directory, need_bytes, allow_memory=True)


def refused(call, *arguments) -> str:
    with pytest.raises(StorageError) as caught:
        call(*arguments)
    return caught.value.reason


def enter(directory: Path, need_bytes: int = 4096, allow_memory: bool = True) -> None:
    with workspace(directory, need_bytes, allow_memory=allow_memory):
        pass


def write_into(directory: Path, files: dict[str, str], error: BaseException | None = None) -> None:
    with space_in(directory) as space:
        for name, text in files.items():
            (space.path / name).write_text(text)
        if error is not None:
            raise error


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a workspace in `tmp_path`."""
    root = Path(guard.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    with process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_the_folder_is_marked_and_gone_afterwards(tmp_path):
    with space_in(tmp_path) as space:
        assert space.path.parent == tmp_path
        assert space.path.name.startswith("capbench-storage-")
        assert json.loads((space.path / MARKER).read_text())["pid"] == os.getpid()
        space.data_file.write_text("data")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit, ValueError])
def test_the_folder_is_gone_after_an_exception_too(tmp_path, exception):
    with pytest.raises(exception):
        write_into(tmp_path, {"capbench.data": "data"}, exception())
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_not_ours_stays_and_is_named(tmp_path):
    with pytest.raises(StorageError, match="precious"):
        write_into(tmp_path, {"precious": "precious", "capbench.data": "data"})
    (folder,) = tmp_path.iterdir()
    assert sorted(os.listdir(folder)) == [MARKER, "precious"]


def test_a_foreign_file_does_not_hide_ctrl_c(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_into(tmp_path, {"precious": "precious"}, KeyboardInterrupt())


def test_a_link_in_the_folder_is_neither_followed_nor_removed(tmp_path):
    (tmp_path / "outside").write_text("precious")
    with pytest.raises(StorageError), space_in(tmp_path) as space:
        space.data_file.symlink_to(tmp_path / "outside")
    assert (tmp_path / "outside").read_text() == "precious"
    assert space.data_file.is_symlink()


def test_a_folder_renamed_meanwhile_is_not_searched_for(tmp_path):
    with space_in(tmp_path) as space:
        space.path.rename(tmp_path / "renamed")
    assert os.listdir(tmp_path) == ["renamed"]


def test_too_little_space_names_need_and_free(tmp_path):
    assert "wanted 1152921504606846976" in refused(enter, tmp_path, 2**60)
    assert os.listdir(tmp_path) == []


def test_the_reserve_stays_free(tmp_path):
    status = os.statvfs(tmp_path)
    free_bytes = status.f_bavail * status.f_frsize
    assert "stay free for others" in refused(enter, tmp_path, free_bytes - 2**20)


def test_a_file_size_limit_is_seen_before_anything_is_written(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        assert "1048576 bytes at most" in refused(enter, tmp_path, 2**21)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_memory_is_no_storage():
    assert "tmpfs keeps its files in memory" in refused(enter, Path("/dev/shm"), 4096, False)


@pytest.mark.parametrize("name", ["missing", "file"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("")
    assert "cannot be opened as a folder" in refused(enter, tmp_path / name)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch, code):
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(guard.os, "mkdir", fail)
    assert refused(enter, tmp_path) == f"Nothing can be written in {tmp_path}: {os.strerror(code)}."


def test_a_living_run_keeps_its_folder(tmp_path, holder):
    _, path = holder
    assert find_leftovers(tmp_path) == ()
    assert "its run goes on" in refused(remove, path)
    assert path.is_dir()


def test_a_killed_run_leaves_a_folder_that_is_found_and_removed(tmp_path, holder):
    process, path = holder
    (tmp_path / "capbench-storage-mine").mkdir()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert find_leftovers(tmp_path) == (path,)
    remove(path)
    assert os.listdir(tmp_path) == ["capbench-storage-mine"]


def test_a_killed_run_that_its_parent_did_not_fetch_is_found_too(tmp_path, holder):
    process, path = holder
    process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert find_leftovers(tmp_path) == (path,)


def test_a_run_in_another_container_is_known_by_its_lock(tmp_path, holder):
    # There the process number means another process, or none.
    _, path = holder
    marker = json.loads((path / MARKER).read_text())
    (path / MARKER).write_text(json.dumps(marker | {"pid": 2**22 + 1}))
    assert "holds its marker" in refused(remove, path)


@pytest.mark.parametrize(
    "changes", [{"format": "other"}, {"uuid": "0" * 32}, {"pid": "7"}, {"host": None}]
)
def test_a_marker_of_another_kind_or_folder_does_not_count(tmp_path, changes):
    with space_in(tmp_path) as space:
        good = (space.path / MARKER).read_text()
    space.path.mkdir()
    (space.path / MARKER).write_text(json.dumps(json.loads(good) | changes))
    assert find_leftovers(tmp_path) == ()
    assert "no marker of ours" in refused(remove, space.path)


def test_a_folder_of_another_machine_is_left_to_that_machine(tmp_path, holder):
    process, path = holder
    process.kill()
    process.wait()
    marker = json.loads((path / MARKER).read_text())
    (path / MARKER).write_text(json.dumps(marker | {"host": "elsewhere"}))
    assert "made on elsewhere" in refused(remove, path)


@pytest.mark.parametrize("rubbish", ["", "not json", "[]", "\x00" * 100])
def test_a_rubbish_marker_does_not_count(tmp_path, rubbish):
    folder = tmp_path / "capbench-storage-00"
    folder.mkdir()
    (folder / MARKER).write_text(rubbish)
    assert find_leftovers(tmp_path) == ()


def test_a_link_to_a_leftover_is_no_leftover(tmp_path, holder):
    process, path = holder
    process.kill()
    process.wait()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / path.name).symlink_to(path)
    assert find_leftovers(tmp_path / "other") == ()
    assert "no folder that can be opened" in refused(remove, tmp_path / "other" / path.name)


def test_a_filled_file_may_be_read_and_written(data_file):
    require_data_file(data_file, READS)
    require_data_file(data_file, WRITES)


def test_a_file_outside_a_marked_folder_may_be_read_and_never_written(data_file, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(data_file.read_bytes())
    require_data_file(outside, READS)
    assert "outside a marked folder" in refused(require_data_file, outside, WRITES)


def test_a_file_with_a_hole_is_refused(tmp_path):
    sparse = tmp_path / "sparse"
    sparse.touch()
    os.truncate(sparse, 4 * 2**20)
    assert "was written up to byte 0" in refused(require_data_file, sparse, READS)


def test_an_empty_file_a_short_one_and_a_device_are_refused(tmp_path, data_file):
    (tmp_path / "empty").touch()
    assert "up to byte 0" in refused(require_data_file, tmp_path / "empty", READS)
    longer = replace(READS, size_bytes=8 * 2**20)
    assert "up to byte 4194304" in refused(require_data_file, data_file, longer)
    assert "no regular file" in refused(require_data_file, Path("/dev/null"), READS)


def test_a_link_to_a_file_is_refused(tmp_path, data_file):
    (tmp_path / "link").symlink_to(data_file)
    assert "cannot be tested" in refused(require_data_file, tmp_path / "link", READS)
