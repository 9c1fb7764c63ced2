import os
from pathlib import Path

import pytest
from numba.types import int64

from storage_bench.engines.native import compiled as module
from storage_bench.engines.native.compiled import compiled, shaped_by


@pytest.fixture(autouse=True)
def forgotten():
    """What was found before, here and in the process, is looked for again."""
    module._folder.cache_clear()
    module.shaped_by.cache_clear()
    yield
    module._folder.cache_clear()
    module.shaped_by.cache_clear()


def double(value: int) -> int:
    return 2 * value


def test_what_is_compiled_is_kept_below_the_digest_of_what_shaped_it(tmp_path, monkeypatch):
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path))
    assert compiled(int64(int64))(double)(21) == 42
    assert [path.name for path in tmp_path.iterdir()] == [f"storage-{shaped_by()}"]
    assert list(tmp_path.rglob("*.nbi")) != []


def test_another_source_is_another_digest(monkeypatch):
    before = shaped_by()
    module.shaped_by.cache_clear()
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"changed")
    assert shaped_by() != before


@pytest.mark.parametrize(("setting", "value"), [("OPT", 0), ("BOUNDSCHECK", 1), ("ENABLE_AVX", 0)])
def test_another_setting_is_another_digest(monkeypatch, setting, value):
    before = shaped_by()
    module.shaped_by.cache_clear()
    monkeypatch.setattr(module.config, setting, value)
    assert shaped_by() != before


def test_the_place_of_the_code_and_threads_that_no_loop_uses_are_no_part_of_it(monkeypatch):
    before = shaped_by()
    module.shaped_by.cache_clear()
    monkeypatch.setattr(module.config, "CACHE_DIR", "/elsewhere")
    monkeypatch.setattr(module.config, "NUMBA_NUM_THREADS", 1)
    assert shaped_by() == before


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_file_costs_a_compilation_and_is_kept_anew(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path))
    compiled(int64(int64))(double)
    for file in tmp_path.rglob(f"*.{kind}"):
        file.write_bytes(b"")
    assert compiled(int64(int64))(double)(21) == 42
    assert list(tmp_path.rglob(f"*.{kind}")) == []
    assert compiled(int64(int64))(double)(21) == 42
    assert list(tmp_path.rglob(f"*.{kind}")) != []


def test_a_disk_that_fills_up_meanwhile_costs_a_compilation(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile._save_index", full)
    assert compiled(int64(int64))(double)(21) == 42


def test_without_a_folder_it_is_compiled_and_not_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path / "file"))
    assert compiled(int64(int64))(double)(21) == 42
    assert os.listdir(tmp_path) == ["file"]
