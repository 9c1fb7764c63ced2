import pytest

from storage_bench import engine, fio
from storage_bench.errors import StorageError
from storage_bench.fio import Fio
from storage_bench.job import Job
from storage_bench.native import engine as native

JOB = Job("4k", "randread", 4096, 1.0, 2, 1, 4 * 2**20, 0.0, 0.1, 7)


def test_fio_is_chosen_where_it_is_installed(monkeypatch):
    monkeypatch.setattr(fio, "find", lambda: Fio("/usr/bin/fio", "3.33", "libaio"))
    assert engine.choose() == ("fio", "fio-libaio")
    assert engine.fio_version() == "3.33"


def test_the_built_in_engine_is_chosen_where_there_is_no_fio(monkeypatch):
    monkeypatch.setattr(fio, "find", lambda: None)
    assert engine.choose() == ("native", f"native-{native.interface()}")
    assert engine.fio_version() is None


def test_the_built_in_engine_needs_no_fio(monkeypatch, data_file):
    monkeypatch.setattr(fio, "find", lambda: None)
    result = engine.run("native", JOB, data_file)
    assert (result.engine, result.interface) == ("native", native.interface())


def test_fio_that_has_gone_since_the_plan_is_an_error(monkeypatch, data_file):
    monkeypatch.setattr(fio, "find", lambda: None)
    with pytest.raises(StorageError, match="not installed"):
        engine.run("fio", JOB, data_file)
