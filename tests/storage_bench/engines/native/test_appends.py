import resource

import pytest

from storage_bench.engines.native import appends
from storage_bench.errors import StorageError


def test_every_append_is_made_durable_by_itself_and_counted(data_file):
    log = data_file.with_name("capbench.appends")
    found = appends.run(log, 2300, 2300 * 200, limit_s=30, seed=0)
    assert (found.block_bytes, found.syncs) == (2300, 200)
    assert sum(found.sync_latency.counts) == 200
    assert 0 < found.sync_latency.min_ns <= found.sync_latency.percentile_ns(0.99)
    assert log.stat().st_size == 2300 * 200
    blocks = [log.read_bytes()[i * 2300 : (i + 1) * 2300] for i in range(200)]
    assert len(set(blocks)) == 200


def test_a_time_limit_ends_it_and_what_was_done_counts(data_file):
    log = data_file.with_name("capbench.appends")
    found = appends.run(log, 2300, 2300 * 10_000, limit_s=0, seed=1)
    assert (found.syncs, log.stat().st_size) == (1, 2300)


def test_an_existing_file_is_never_appended_to(data_file):
    with pytest.raises(StorageError, match="File exists"):
        appends.run(data_file, 2300, 2300, limit_s=1, seed=1)


def test_a_disk_that_takes_no_more_is_an_error_with_its_reason(data_file):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4600, limits[1]))
    try:
        with pytest.raises(StorageError, match="File too large"):
            appends.run(data_file.with_name("capbench.appends"), 2300, 23_000, 30, seed=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
