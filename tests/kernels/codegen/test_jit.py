from pathlib import Path

import pytest
from numba.core import config

from kernels.codegen import jit


def double(number: int) -> int:
    return 2 * number


def test_compiled_code_lies_in_the_cache_of_this_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert jit.compiled(double)(21) == 42

    assert len(list((tmp_path / "capbench" / "code").glob("double-*.code"))) == 1


def test_a_folder_that_was_set_for_numba_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))

    assert jit.compiled(double)(21) == 42

    assert len(list(tmp_path.iterdir())) == 1


def test_a_user_without_a_home_compiles_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(cls: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", classmethod(nowhere))

    assert jit.compiled(double)(21) == 42


def test_a_file_of_settings_where_a_run_is_started_sets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".numba_config.yaml").write_text("opt: 0\n")
    monkeypatch.chdir(tmp_path)
    before = config.OPT

    config.reload_config()  # warns of the file where PyYAML is not installed

    assert before == config.OPT
