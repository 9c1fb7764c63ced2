"""The built-in engine on a drive whose rate the kernel really limits, where a cgroup can be made.

The throttle lets a tenth of a second's allowance through at once and then nothing (cgroup v1,
`blkio.throttle`, slices of HZ/10). Two things follow for what can be shown on it. A second holds
nine to eleven slices, so only a limit a whole slice above or below the target settles every
second. And reads that wait for the next slice take up to 100 ms, so wherever the limit binds, a
bound on p99 is missed: a limit between target and offered load is no drive that keeps a guarantee.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage_bench.engines.native import engine
from storage_bench.guarantee import definition
from storage_bench.guarantee.judging import checks
from storage_bench.guarantee.judging.verdict import CheckResult
from storage_bench.job import Job
from storage_bench.media.classify import classify

BLKIO = Path("/sys/fs/cgroup/blkio")
LIMIT_IOPS, TARGET_IOPS, OFFERED_IOPS = 9_900, 10_000, 11_000
SECONDS = 4


def joined() -> Path:
    """Where the processes of the cgroup are listed that this one is in now."""
    groups = (line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines())
    mine = next((path for _, kind, path in groups if "blkio" in kind.split(",")), "absent")
    return BLKIO / mine.lstrip("/") / "cgroup.procs"


@pytest.fixture
def throttled(drive_file: Path) -> Iterator[Path]:
    """A file on a drive that this process may read 9900 times a second."""
    (leaf, *others) = classify(drive_file).leaves
    number = Path("/sys/class/block", leaf.name, "dev")
    if others or not number.exists():
        pytest.skip("the folder is not on one block device")
    before = joined()
    if not before.exists():
        pytest.skip("there is no cgroup v1 for block devices here")
    group = BLKIO / f"capbench-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error.strerror}")
    try:
        (group / "blkio.throttle.read_iops_device").write_text(
            f"{number.read_text().strip()} {LIMIT_IOPS}"
        )
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield drive_file
    except OSError as error:
        pytest.skip(f"the drive cannot be throttled here: {error.strerror}")
    finally:
        before.write_text(str(os.getpid()))
        group.rmdir()


def test_a_drive_limited_to_9900_does_not_keep_10000(throttled: Path) -> None:
    load = Job("t", "randread", 4096, 1.0, 256, 1, throttled.stat().st_size, 0.0, SECONDS, 1)
    result = engine.run(replace(load, rate_iops=OFFERED_IOPS), throttled)
    whole = checks.seconds(result)
    demanded = definition.load()
    found = {check.name: check for check in checks.rate(demanded, TARGET_IOPS, whole)}
    # The throttle starts with a slice that is not paid for.
    assert sum(window.ios for window in whole) <= LIMIT_IOPS * SECONDS + LIMIT_IOPS // 10 * 2
    assert found["seconds"].verdict is CheckResult.FAIL
    assert checks.offered(demanded, result).verdict is CheckResult.PASS, "our own threads had time"
