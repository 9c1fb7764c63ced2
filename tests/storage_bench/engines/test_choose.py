import pytest

from storage_bench.engines import choose
from storage_bench.engines.fio import run
from storage_bench.engines.fio.run import Fio
from storage_bench.engines.native import engine as native
from storage_bench.errors import StorageError
from storage_bench.job import Job

JOB = Job("4k", "randread", 4096, 1.0, 2, 1, 4 * 2**20, 0.0, 0.1, 7)


def test_fio_is_chosen_where_it_is_installed(monkeypatch):
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", "3.33", "libaio"))
    assert choose.choose() == ("fio", "fio-libaio")
    assert choose.fio_version() == "3.33"


def test_the_built_in_engine_is_chosen_where_there_is_no_fio(monkeypatch):
    monkeypatch.setattr(run, "find", lambda: None)
    assert choose.choose() == ("native", f"native-{native.interface()}")
    assert choose.fio_version() is None


@pytest.mark.parametrize("version", ["2.2.10", "2.16", "3.1", "3.6", "unknown"])
def test_a_fio_that_is_too_old_is_passed_over_and_told(monkeypatch, version, data_file):
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", version, "libaio"))
    assert choose.choose()[0] == "native"
    assert choose.passed_over().startswith(f"fio {version} keeps no latencies")
    with pytest.raises(StorageError, match=r"3\.7 or newer"):
        choose.run("fio", JOB, data_file)


@pytest.mark.parametrize("version", ["3.7", "3.16", "3.33-dirty", "3.42-12-gabcdef", "4.0"])
def test_a_fio_that_will_do_is_not_passed_over(monkeypatch, version):
    monkeypatch.setattr(run, "find", lambda: Fio("/usr/bin/fio", version, "libaio"))
    assert (choose.choose()[0], choose.passed_over()) == ("fio", None)


def test_the_built_in_engine_needs_no_fio(monkeypatch, data_file):
    monkeypatch.setattr(run, "find", lambda: None)
    result = choose.run("native", JOB, data_file)
    assert (result.engine, result.interface) == ("native", native.interface())


def test_fio_that_has_gone_since_the_plan_is_an_error(monkeypatch, data_file):
    monkeypatch.setattr(run, "find", lambda: None)
    with pytest.raises(StorageError, match="not installed"):
        choose.run("fio", JOB, data_file)
