import os
from pathlib import Path

import pytest
from numba.types import int64

from storage_bench.engines.native import compiled as module
from storage_bench.engines.native.compiled import compiled, sources_digest


@pytest.fixture(autouse=True)
def forgotten():
    """What was found before, here and in the process, is looked for again."""
    module._folder.cache_clear()
    yield
    module._folder.cache_clear()


def double(value: int) -> int:
    return 2 * value


def test_what_is_compiled_is_kept_below_the_digest_of_its_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path))
    assert compiled(int64(int64))(double)(21) == 42
    assert [path.name for path in tmp_path.iterdir()] == [f"storage-{sources_digest()}"]
    assert list(tmp_path.rglob("*.nbi")) != []


def test_another_source_is_another_digest(monkeypatch):
    before = sources_digest()
    module.sources_digest.cache_clear()
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"changed")
    assert sources_digest() != before
    module.sources_digest.cache_clear()


def test_without_a_folder_it_is_compiled_and_not_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path / "file"))
    assert compiled(int64(int64))(double)(21) == 42
    assert os.listdir(tmp_path) == ["file"]
