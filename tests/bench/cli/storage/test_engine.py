from bench.cli.storage.engine import choose_engine
from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio


def test_an_old_fio_is_told_before_the_load_and_a_new_one_is_not(monkeypatch, capsys):
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", "3.1", "libaio"))
    assert choose_engine() == "native"
    assert "fio 3.1 keeps no latencies" in capsys.readouterr().err
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", "3.33", "libaio"))
    assert choose_engine() == "fio"
    assert capsys.readouterr().err == ""
