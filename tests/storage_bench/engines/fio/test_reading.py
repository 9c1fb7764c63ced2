import copy
import json
from pathlib import Path

import pytest

from storage_bench.engines.fio.parser import parse
from storage_bench.engines.fio.reading import no_load, read
from storage_bench.errors import StorageError

HERE = Path(__file__).parents[2]
CORPUS = sorted((HERE / "corpus").glob("fio-*.json"))


def case(name: str) -> dict:
    return json.loads((HERE / "cases" / name).read_text())


def written(*documents: dict) -> str:
    return "\n".join(json.dumps(document, indent=1) for document in documents)


def rates(text: str) -> list[tuple[str, float]]:
    return [(f.way, round(f.iops)) for load in read(text) for f in load.figures]


def newest() -> dict:
    return json.loads((HERE / "corpus" / "fio-3.42.json").read_text())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_version_says_the_same_of_the_same_load(path):
    (load,) = read(path.read_text())

    assert load.version == path.stem.removeprefix("fio-")
    assert [(f.way, f.iops, f.bytes_per_s) for f in load.figures] == [
        ("read", 28_000.0, 28_000 * 4096.0),
        ("write", 12_000.0, 12_000 * 4096.0),
    ]
    latency = load.figures[0].latency
    assert latency.percentiles_s == pytest.approx({0.5: 88e-6, 0.99: 140e-6, 0.999: 900e-6})
    assert latency.max_s == pytest.approx(9.01e-3 if latency.of == "whole" else 9e-3)
    assert (load.remarks, load.drives, load.fault) == ((), ("nvme0n1",), None)
    assert parse(path.read_text()).ios == 2_400_000


def test_the_corpus_has_every_version():
    versions = {path.stem.removeprefix("fio-") for path in CORPUS}
    assert versions >= {"2.2.10", "3.1", "3.7", "3.16", "3.28", "3.33", "3.36", "3.39", "3.42"}


def test_groups_are_a_result_each_and_no_sum():
    text = written(case("fio-stonewall-groups.json"))
    assert rates(text) == [
        ("read", 97_000), ("write", 86_996), ("read", 108_000), ("write", 105_995),
    ]  # fmt: skip
    assert all("never added up" in load.remarks[0] for load in read(text))


def test_jobs_of_one_group_that_ran_side_by_side_are_one_load():
    document = newest()
    document["jobs"] = [document["jobs"][0], copy.deepcopy(document["jobs"][0])]
    assert rates(written(document)) == [("read", 56_000), ("write", 24_000)]
    document["jobs"][1]["job_start"] += 60_000
    assert rates(written(document)) == [("read", 28_000), ("write", 12_000)] * 2


def test_the_largest_of_several_without_bins_is_known_and_no_percentile_is():
    document = newest()
    document["jobs"] = [document["jobs"][0], copy.deepcopy(document["jobs"][0])]
    latency = read(written(document))[0].figures[0].latency
    assert (latency.percentiles_s, latency.max_s) == ({}, pytest.approx(9.01e-3))


def test_reads_that_verify_are_told_for_themselves():
    (load,) = read(written(case("fio-verify-two-phases.json")))
    assert [(f.way, f.iops, f.verifies) for f in load.figures] == [
        ("read", 10_000.0, True),
        ("write", 10_000.0, False),
    ]
    assert not any(f.verifies for f in read(written(newest()))[0].figures)


def test_trims_have_their_own_line():
    assert rates(written(case("fio-trim-only.json"))) == [("trim", 4_000_000)]


def test_a_zero_is_no_figure_and_is_told_beside_the_others():
    document = newest()
    idle = copy.deepcopy(document["jobs"][0])
    idle["jobname"] = "refused"
    for way in ("read", "write"):
        idle[way] = document["jobs"][0]["trim"]
    document["jobs"].append(idle)
    good, bad = read(written(document))
    assert [f.iops for f in good.figures] == [28_000.0, 12_000.0]
    assert "1 of 2 jobs have no figure" in good.remarks[0]
    assert (bad.jobs, bad.figures) == (("refused",), ())
    assert "did no I/O" in bad.fault
    document["jobs"] = [idle]
    assert "refused: it did no I/O" in no_load(read(written(document))).reason
    assert no_load([good]) is None


def test_drives_that_did_not_see_the_load_are_told():
    document = newest()
    document["disk_util"][0] |= {"read_ios": 3, "write_ios": 1, "write_merges": 0}
    assert read(written(document))[0].remarks == (
        "nvme0n1 counted 4 of 2400000 I/Os: something before it answered",
    )


def test_one_number_in_rate_iops_is_a_limit_for_each_direction():
    document = newest()
    options = document["jobs"][0]["job options"]
    options["rate_iops"] = "20000"
    assert (
        "rate_iops=20000 bounded the rate, for each direction by itself"
        in (read(written(document))[0].remarks[0])
    )
    options["rate_iops"] = "28000,12000"
    assert "each direction" not in read(written(document))[0].remarks[0]


def test_a_run_that_was_cut_off_is_told_by_its_time_and_by_the_signal():
    text = (HERE / "cases" / "fio-stopped-by-hand.json").read_text()
    assert read(text)[0].remarks == (
        "the run was cut off: fio: terminating on signal 2",
        "the run was cut off: 6.5 of 60 s",
    )


def test_of_status_interval_the_last_counts_and_runs_in_a_row_all_do():
    assert rates((HERE / "golden" / "fio-3.33-status-interval.json").read_text()) == [
        ("read", 15_112)
    ]
    first, second = newest(), newest()
    second["timestamp_ms"] += 61_000
    assert len(read(written(first, second))) == 2
    second["timestamp_ms"] = first["timestamp_ms"] + 10_000
    assert len(read(written(first, second))) == 1


def test_what_went_through_the_page_cache_is_told():
    document = newest()
    document["global options"]["direct"] = "0"
    assert "page cache" in read(written(document))[0].remarks[0]


@pytest.mark.parametrize(
    "text", ["", '{\n"jobs": 7}', '{\n"jobs": [7]}', '{\n"fio version": "fio-3.1"}']
)
def test_what_is_no_result_is_refused(text):
    with pytest.raises(StorageError):
        read(text)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -1, 1e300, True, "x", None, []])
def test_a_latency_that_cannot_be_is_none(odd):
    document = newest()
    part = document["jobs"][0]["read"]
    part["lat_ns"]["percentile"]["99.000000"] = odd
    part["clat_ns"]["max"] = odd
    assert 0.99 not in read(written(document))[0].figures[0].latency.percentiles_s


@pytest.mark.parametrize(
    ("key", "odd"), [("disk_util", True), ("disk_util", 1.5), ("global options", 3)]
)
def test_a_document_with_odd_parts_is_read_without_them(key, odd):
    assert read(written(newest() | {key: odd}))[0].figures


def test_an_error_number_that_no_system_has_is_told_as_it_is():
    document = newest()
    document["jobs"][0]["error"] = 10**18
    assert read(written(document))[0].fault == "it failed: error 1000000000000000000"
