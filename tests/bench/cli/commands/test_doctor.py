"""What is there, and what is there and cannot be used."""

import sys
from pathlib import Path

import pytest

from bench.cli.commands.doctor import why_not


def test_a_library_that_is_there_and_loads_has_no_fault() -> None:
    assert why_not("jinja2") is None


def test_one_that_is_not_there_is_said_to() -> None:
    assert why_not("no_library_of_this_name") == "not installed"


@pytest.mark.parametrize("raised", ["ImportError('built for 3.9')", "SystemExit('no')"])
def test_one_that_is_there_and_does_not_load_says_why(
    raised: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_library.py").write_text(f"raise {raised}\n")
    monkeypatch.syspath_prepend(tmp_path)

    fault = why_not("broken_library")

    assert fault is not None
    assert fault.startswith(f"does not load: {raised.partition('(')[0]}")
    assert "broken_library" not in sys.modules
