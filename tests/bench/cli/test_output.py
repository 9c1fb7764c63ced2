"""How wide a console is, where a run goes, and what machines are given."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.output import claimed, console, host_name, new_folder


@pytest.mark.parametrize(
    ("terminal", "columns", "width"),
    [(True, 40, 80), (True, 80, 80), (True, 200, 200), (False, 40, 100), (False, 200, 200)],
)
def test_no_column_of_a_table_vanishes_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, columns: int, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    assert console(force_terminal=terminal).width == width


def test_machines_are_given_utf8_whatever_the_terminal_speaks() -> None:
    code = 'from bench.cli.output import print_json; print_json({"a": "\\u6d4b \\udcb2"})'
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout.decode("utf-8")) == {"a": "\u6d4b \udcb2"}


def test_a_folder_that_was_given_is_taken_as_it_is(tmp_path: Path) -> None:
    with new_folder(tmp_path / "mine") as folder:
        assert folder == tmp_path / "mine"

    assert not folder.exists()


def test_a_new_folder_bears_the_host_and_goes_away_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with new_folder(None) as folder, new_folder(None) as other:
        assert folder.is_dir()
        assert folder.name.startswith(f"capbench-{host_name()}-")
        (other / "evidence").mkdir()

    assert other != folder
    assert list(tmp_path.iterdir()) == [tmp_path / other]


def test_two_in_one_second_get_a_folder_each(tmp_path: Path) -> None:
    assert [claimed(tmp_path, "run").name for _ in range(3)] == ["run", "run-2", "run-3"]
