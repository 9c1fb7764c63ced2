"""What is there, and what is there and cannot be used."""

import sys
from pathlib import Path

import pytest

from bench.cli.commands.doctor import examine, why_not
from bench.machine import installation
from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio


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


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [
        ("2.16", "missing", "fio 2.16 keeps no latencies that can be used: wanted 3.7 or newer"),
        ("3.1", "missing", "fio 3.1 keeps no latencies that can be used: wanted 3.7 or newer"),
        ("3.33", "ok", "3.33"),
    ],
)
def test_a_fio_that_is_too_old_is_told_with_the_remedy(monkeypatch, version, status, said):
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", version, "libaio"))
    monkeypatch.setattr(installation, "software", lambda: {"python": "3", "fio": version})

    (fio,) = (check for check in examine() if check.name == "fio")

    assert (fio.status, fio.found) == (status, said)
    assert (fio.remedy is None) == (status == "ok")
