import copy
import json
from pathlib import Path

import pytest

from storage_bench.engines.fio.parser import parse, parse_syncs
from storage_bench.errors import StorageError
from storage_bench.job import Direction, JobResult, Latency

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = Path(__file__).parents[2] / "cases"

PART = {
    "io_bytes": 40960,
    "bw_bytes": 40960,
    "bw": 40,
    "runtime": 1000,
    "total_ios": 10,
    "short_ios": 0,
    "drop_ios": 0,
    "lat_ns": {"min": 90, "max": 300, "bins": {"100": 8, "200": 2}},
}
IDLE = {"io_bytes": 0, "bw_bytes": 0, "runtime": 0, "total_ios": 0, "lat_ns": {"min": 0, "max": 0}}


def golden(name: str) -> str:
    return (GOLDEN / name).read_text()


def document(*jobs: dict, **more) -> str:
    return json.dumps({"fio version": "fio-3.40", "jobs": list(jobs)} | more, indent=2)


def job(**changes) -> dict:
    read = copy.deepcopy(PART) | changes.pop("read", {})
    plain = {"jobname": "a", "error": 0, "job options": {"ioengine": "libaio"}}
    return plain | {"read": read, "write": IDLE} | changes


def refused(text: str) -> str:
    with pytest.raises(StorageError) as caught:
        parse(text)
    return caught.value.reason


def test_every_field_of_a_plain_document_is_read():
    read = Direction(10, 40960, Latency((100, 200), (8, 2), 90, 300))
    assert parse(document(job())) == JobResult("fio", "3.40", "libaio", 1.0, read, None, ())


def test_a_group_that_fio_3_33_wrote_is_read_in_both_directions():
    result = parse(golden("fio-3.33-group.json"))
    assert (result.engine_version, result.interface, result.duration_s) == (
        "3.33",
        "io_uring",
        0.051,
    )
    assert (result.read.ios, result.read.io_bytes) == (2049, 2049 * 4096)
    assert (result.write.ios, result.write.io_bytes) == (914, 914 * 4096)
    assert (result.read.latency.min_ns, result.read.latency.max_ns) == (49395, 2030643)
    assert sum(result.read.latency.counts) == 2049
    assert result.warnings == ()


def test_our_percentile_of_the_bins_is_the_one_fio_3_33_wrote_beside_them():
    text = golden("fio-3.33-group.json")
    stated = json.loads(text)["jobs"][0]["read"]["lat_ns"]["percentile"]
    latency = parse(text).read.latency
    ours = [latency.percentile_ns(share) for share in (0.5, 0.9, 0.99, 0.999)]
    assert ours == [stated[f"{share}00000"] for share in ("50.0", "90.0", "99.0", "99.9")]


def test_two_jobs_are_merged_by_their_bins():
    text = golden("fio-3.33-two-jobs.json")
    reads = [entry["read"] for entry in json.loads(text)["jobs"]]
    result = parse(text)
    assert result.read.ios == reads[0]["total_ios"] + reads[1]["total_ios"]
    assert result.read.latency.max_ns == max(read["lat_ns"]["max"] for read in reads)
    assert sum(result.read.latency.counts) == 1961
    assert result.warnings == ("this fio does not tell when its jobs began",)


def test_a_percentile_of_two_jobs_is_not_the_mean_of_their_percentiles():
    slow = job(read={"lat_ns": {"min": 1000, "max": 1000, "bins": {"1000": 10}}})
    assert parse(document(job(), slow)).read.latency.percentile_ns(0.5) == 200


def test_the_last_of_several_documents_counts():
    result = parse(golden("fio-3.33-status-interval.json"))
    assert (result.duration_s, result.read.ios) == (1.201, 18149)
    assert result.warnings == ("3 documents; the last complete one counts",)


def test_a_truncated_last_document_leaves_the_complete_one_and_a_warning():
    result = parse(document(job()) + "\n" + document(job(read={"total_ios": 99}))[:200])
    assert result.read.ios == 10
    assert "cut off" in result.warnings[0]


def test_a_truncated_document_alone_is_an_error():
    assert "cut off" in refused(golden("fio-3.33-group.json")[:9000])


@pytest.mark.parametrize("text", ["", "fio: killed\n", "{}x", "[1, 2]", "\x7fELF\x00"])
def test_rubbish_is_an_error(text):
    assert "no JSON document" in refused(text)


@pytest.mark.parametrize(
    "text", ["{\n}", '{\n"jobs": 7}', '{\n"jobs": [7]}', '{\n"jobs": []}', '{\n"jobs": [{}]}']
)
def test_a_document_of_another_shape_is_an_error(text):
    assert "cannot be used" in refused(text)


def test_noise_around_the_document_is_a_warning():
    text = "fio: this is noise\nclient <n1>: timeout\n" + document(job()) + "\nbye\n"
    assert parse(text).read.ios == 10
    assert parse(text).warnings == (
        "noise (lines: 2), first: fio: this is noise",
        "noise (lines: 1), first: bye",
    )


def test_a_key_that_comes_twice_is_recorded():
    text = document(job()).replace('"error": 0,', '"error": 0,\n"error": 0,')
    assert parse(text).warnings == ('key "error" came 2 times',)


def test_a_failed_job_has_no_result_though_fio_counted_its_io():
    assert refused(golden("fio-3.33-unaligned.json")) == "fio's job failed: Invalid argument."


def test_an_error_of_any_job_counts_and_not_only_of_the_last():
    assert "Input/output error" in refused(document(job(error=5), job()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"total_err": 3}, "3 errors"),
        ({"read": {"short_ios": 1}}, "1 short_ios"),
        ({"read": {"drop_ios": 2}}, "2 drop_ios"),
    ],
)
def test_incomplete_ios_are_an_error(changes, said):
    assert said in refused(document(job(**changes)))


def test_no_io_at_all_is_an_error_and_no_zero():
    assert "single I/O" in refused(document(job(read=IDLE)))


def test_a_direction_without_io_is_none():
    assert parse(document(job())).write is None


@pytest.mark.parametrize("key", ["io_bytes", "lat_ns"])
def test_a_missing_key_is_never_zero(key):
    broken = job()
    del broken["read"][key]
    if key == "lat_ns":
        assert parse(document(broken)).read.latency is None
    else:
        assert '"io_bytes" is missing' in refused(document(broken))


def test_rates_come_from_bytes_and_never_from_the_kibibytes_of_bw():
    result = parse(document(job(read={"bw": 7})))
    assert (result.read.io_bytes, result.duration_s, result.warnings) == (40960, 1.0, ())


def test_a_bandwidth_that_contradicts_the_bytes_is_a_warning():
    assert parse(document(job(read={"bw_bytes": 40}))).warnings == (
        "read: bw_bytes says 40 B/s, the bytes 40960 B/s",
    )


def test_a_saturated_histogram_is_a_warning_and_the_largest_latency_stays():
    result = parse(golden("synthesised-3.42.json"))
    assert result.read.latency.max_ns == 94_000_000_000
    assert result.warnings == ("read: latencies above 17 s share one bin; see the largest",)


def test_fios_own_sum_over_hosts_is_not_added_to_the_hosts():
    result = parse(golden("synthesised-3.36-client.json"))
    assert (result.read.ios, result.interface, result.duration_s) == (1000, "libaio", 2.0)
    assert result.read.latency == Latency((100352, 200704), (600, 400), 100352, 260000)


def test_jobs_that_ran_one_after_the_other_are_an_error():
    assert "staggered" in refused(document(job(job_start=0), job(job_start=1000)))


def test_jobs_of_different_length_are_an_error():
    assert "staggered" in refused(document(job(), job(read={"runtime": 2000, "bw_bytes": 20480})))


def test_jobs_of_different_engines_are_an_error():
    assert "different engines" in refused(
        document(job(), job(**{"job options": {"ioengine": "psync"}}))
    )


def case(name: str) -> str:
    return (CASES / name).read_text()


def test_bytes_of_fio_2_are_counted_in_kibibytes():
    result = parse(case("fio-old-2x.json"))
    assert (result.read.ios, result.read.io_bytes) == (600_000, 2_400_000 * 1024)
    assert not any("bw_bytes" in warning for warning in result.warnings)
    as_3 = parse(case("fio-old-2x.json").replace("fio-2.2.10", "fio-3.1"))
    assert as_3.read.io_bytes == 2_400_000


@pytest.mark.parametrize("name", ["fio-bom.json", "fio-pod-log-timestamps.txt"])
def test_what_stands_before_the_lines_of_a_document_is_no_part_of_it(name):
    result = parse(case(name))
    assert (result.read.ios, result.duration_s) == (80_000, 2.0)


def test_groups_that_ran_one_after_the_other_are_not_added_up():
    assert "4 groups" in refused(case("fio-stonewall-groups.json"))
    side_by_side = json.loads(case("fio-stonewall-groups.json"))
    for entry in side_by_side["jobs"]:
        entry["groupid"] = 0
    assert parse(json.dumps(side_by_side, indent=1)).ios > 0


def test_reads_that_verify_what_was_written_are_no_part_of_a_mix():
    assert "two phases" in refused(case("fio-verify-two-phases.json"))
    mix = case("fio-verify-two-phases.json").replace('"rw": "write"', '"rw": "randrw"')
    assert parse(mix).ios == 400_000


def test_without_options_the_run_times_tell_a_phase_of_verify_from_a_mix_of_two_threads():
    phases = json.loads(case("fio-verify-two-phases.json"))
    phases["jobs"][0]["job options"] = {}
    assert "two phases" in refused(json.dumps(phases, indent=1))
    phases["jobs"][0]["elapsed"] = 21
    assert parse(json.dumps(phases, indent=1)).ios == 400_000


def test_only_trims_is_the_reason_and_not_that_nothing_was_done():
    assert "only trims" in refused(case("fio-trim-only.json"))


def test_a_run_that_was_stopped_says_so_and_is_no_noise():
    (cut, *_) = parse(case("fio-stopped-by-hand.json")).warnings
    assert cut == "the run was cut off: fio: terminating on signal 2"


def test_a_job_that_never_began_is_told_and_not_left_out():
    assert "b did no I/O" in refused(document(job(), job(jobname="b", read=IDLE)))


def test_bins_that_are_no_numbers_are_an_error():
    broken = job(read={"lat_ns": {"min": 1, "max": 2, "bins": {"fast": 1}}})
    assert "no number" in refused(document(broken))


def test_the_syncs_of_a_log_writer_are_those_in_the_bins():
    version, latency = parse_syncs(golden("fio-3.33-fdatasync.json"))
    assert (version, sum(latency.counts)) == ("3.33", 99)
    assert (latency.percentile_ns(0.99), latency.max_ns) == (897_024, 897_427)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (golden("fio-3.33-two-jobs.json"), "it has 2 jobs"),
        (golden("fio-3.33-status-interval.json"), "no latency of a sync"),
        (golden("fio-3.33-unaligned.json"), "Invalid argument"),
    ],
)
def test_what_did_not_sync_is_refused(text, said):
    with pytest.raises(StorageError, match=said):
        parse_syncs(text)
