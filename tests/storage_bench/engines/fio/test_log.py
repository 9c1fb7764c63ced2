import pytest

from storage_bench.engines.fio.log import windows
from storage_bench.errors import StorageError
from storage_bench.job import Direction, JobResult


def result(reads: int, writes: int = 0) -> JobResult:
    ways = [Direction(ios, ios * 4096, None) if ios else None for ios in (reads, writes)]
    return JobResult("fio", "3.33", "io_uring", 4.0, ways[0], ways[1], ())


def ios(log: list[str], of: JobResult, duration_s: float = 4.0):
    found, warnings = windows(log, [], of, duration_s)
    return [(w.reads, w.writes) for w in found], warnings


def test_reads_and_writes_of_all_jobs_are_added_second_by_second():
    logs = [
        "1000, 70, 0, 0, 0\n1001, 30, 1, 0, 0\n2000, 71, 0, 0, 0\n2000, 29, 1, 0, 0\n",
        "999, 7, 0, 0, 0\n1999, 3, 1, 0, 0\n",
    ]
    assert ios(logs, result(148, 62), 2.0) == ([(77, 30), (71, 32)], ())


def test_a_second_that_fio_leaves_out_is_zero():
    log = "1000, 100, 0, 0, 0\n3000, 100, 0, 0, 0\n4000, 100, 0, 0, 0\n"
    assert ios([log], result(300))[0] == [(100, 0), (0, 0), (100, 0), (100, 0)]


def test_a_last_line_that_fio_lost_is_what_the_summary_has_beyond_the_log():
    log = "1000, 100, 0, 0, 0\n2000, 100, 0, 0, 0\n3000, 100, 0, 0, 0\n"
    assert ios([log], result(390)) == ([(100, 0), (100, 0), (100, 0), (90, 0)], ())


def test_a_last_line_that_one_of_fios_jobs_lost_is_found_too():
    whole, cut = "1000, 50, 0, 0, 0\n2000, 50, 0, 0, 0\n", "1000, 50, 0, 0, 0\n"
    assert ios([whole, cut], result(199), 2.0) == ([(100, 0), (99, 0)], ())


def test_a_stall_at_the_end_stays_a_stall():
    log = "1000, 100, 0, 0, 0\n2000, 100, 0, 0, 0\n"
    assert ios([log], result(200))[0] == [(100, 0), (100, 0), (0, 0), (0, 0)]


def test_a_log_that_does_not_fit_the_summary_is_told():
    log = "1000, 100, 0, 0, 0\n4000, 100, 0, 0, 0\n"
    _, warnings = ios([log], result(150))
    assert warnings == ("read: the log has 200 I/Os, the summary 150",)


def test_a_job_shorter_than_a_second_has_one_short_window():
    (window,), _ = windows(["250, 400, 0, 0, 0\n"], [], result(100), 0.25)
    assert (window.start_s, window.duration_s) == (0.0, 0.25)


def test_histograms_of_all_jobs_are_added_bin_by_bin():
    # Joined bin 40 holds 192 to 199 ns: 16 bins from 128 to 256, the ninth of them.
    row = ["0"] * 464
    row[40] = "5"
    line = "1002, 0, 4096, " + ", ".join(row)
    later = line.replace("1002", "2001").replace(", 5,", ", 1,")
    found, _ = windows([], [f"{line}\n{later}\n", f"{line}\n"], result(11), 3.0)
    assert [w.read_latency and w.read_latency.counts for w in found] == [(10,), (1,), None]
    latency = found[0].read_latency
    assert (latency.bins_ns, latency.min_ns, latency.max_ns) == ((196,), 192, 199)
    assert found[0].write_latency is None


@pytest.mark.parametrize("line", ["rubbish", "1000", "1000, 1.5, 0"])
def test_a_line_that_is_none_of_fios_is_an_error(line):
    with pytest.raises(StorageError, match="cannot be read"):
        windows([f"{line}\n"], [], result(1), 1.0)


def test_a_priority_of_log_prio_is_not_needed():
    log = "1000, 9000, 0, 4096, 0x0000\n2000, 9100, 0, 4096, 0x6001\n"
    assert ios([log], result(18_100), 2.0) == ([(9000, 0), (9100, 0)], ())
    with pytest.raises(StorageError):
        ios(["1000, 0x10, 0\n"], result(16), 1.0)
