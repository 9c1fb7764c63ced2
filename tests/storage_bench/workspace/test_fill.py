import errno
import os
import resource
import zlib

import pytest

from storage_bench.errors import StorageError
from storage_bench.workspace import fill as module
from storage_bench.workspace.fill import fill


def refused(path, size_bytes: int) -> str:
    with pytest.raises(StorageError) as caught:
        fill(path, size_bytes, seed=1)
    return caught.value.reason


def test_the_file_has_the_size_asked_for_and_no_holes(tmp_path):
    fill(tmp_path / "data", 3 * 2**20 + 512, seed=1)
    with open(tmp_path / "data", "rb") as file:
        assert os.fstat(file.fileno()).st_size == 3 * 2**20 + 512
        assert os.lseek(file.fileno(), 0, os.SEEK_HOLE) == 3 * 2**20 + 512


def test_no_block_comes_twice_and_none_can_be_compressed(tmp_path):
    fill(tmp_path / "data", 4 * 2**20, seed=1)
    data = (tmp_path / "data").read_bytes()
    assert len({data[start : start + 512] for start in range(0, len(data), 512)}) == 2**13
    assert len(zlib.compress(data, 9)) > len(data)


def test_equal_seeds_write_equal_files_and_others_do_not(tmp_path):
    names = {"one": 1, "same": 1, "other": 2}
    for name, seed in names.items():
        fill(tmp_path / name, 2**20, seed)
    one, same, other = ((tmp_path / name).read_bytes() for name in names)
    assert one == same
    assert one != other


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "data").write_text("precious")
    assert "File exists" in refused(tmp_path / "data", 2**20)
    assert (tmp_path / "data").read_text() == "precious"


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "data").symlink_to(tmp_path / "elsewhere")
    assert "File exists" in refused(tmp_path / "data", 2**20)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_size_limit_names_what_was_wanted_and_what_is_free(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        reason = refused(tmp_path / "data", 4 * 2**20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "wanted 4194304 bytes" in reason


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "full or over quota"),
        (errno.EDQUOT, "full or over quota"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_full_disk_a_quota_and_a_broken_drive_are_told_apart(tmp_path, monkeypatch, code, said):
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(module.os, "pwrite", fail)
    assert said in refused(tmp_path / "data", 2**20)
