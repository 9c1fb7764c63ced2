import pytest

from bench.cli.commands.doctor import examine
from bench.machine import installation
from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio


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
