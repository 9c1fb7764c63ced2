from pathlib import Path

import pytest
from numba.core import config

from kernels.codegen import jit


def double(number: int) -> int:
    return 2 * number


def test_the_digest_changes_with_any_source_and_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "ir").mkdir()
    (tmp_path / "loop.py").write_text("a = 1\n")
    (tmp_path / "ir" / "clock.py").write_text("b = 1\n")
    before = jit.sources_digest(tmp_path)
    (tmp_path / "loop.pyc").write_text("c")
    assert jit.sources_digest(tmp_path) == before
    (tmp_path / "ir" / "clock.py").write_text("b = 2\n")
    assert jit.sources_digest(tmp_path) != before


def test_compiled_code_lies_in_the_folder_of_its_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jit, "_folder", lambda: tmp_path)
    before = config.CACHE_DIR
    assert jit.compiled(double)(21) == 42
    assert before == config.CACHE_DIR
    assert len(list(tmp_path.rglob("*.nbc"))) == 1


def test_a_machine_without_a_place_for_a_cache_compiles_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jit, "_folder", lambda: None)
    assert jit.compiled(double)(21) == 42


def test_a_cache_folder_that_cannot_be_made_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "file"))
    assert jit._folder.__wrapped__() is None
