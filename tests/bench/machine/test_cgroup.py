"""Limits of a control group, in both versions."""

from pathlib import Path

import pytest

from bench.machine.cgroup import memory_limit_bytes, quota_cpus, throttled_s


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    write(tmp_path / "proc/self/cgroup", "0::/kubepods/pod/box\n")
    write(tmp_path / "sys/fs/cgroup/kubepods/pod/box/cpu.max", "max 100000")
    write(tmp_path / "sys/fs/cgroup/kubepods/pod/cpu.max", "250000 100000")
    write(tmp_path / "sys/fs/cgroup/kubepods/cpu.max", "800000 100000")
    write(tmp_path / "sys/fs/cgroup/kubepods/pod/memory.max", "1073741824")
    write(tmp_path / "sys/fs/cgroup/kubepods/pod/box/memory.max", "max")
    write(
        tmp_path / "sys/fs/cgroup/kubepods/pod/box/cpu.stat",
        "nr_throttled 4\nthrottled_usec 1500000",
    )
    return tmp_path


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    write(tmp_path / "proc/self/cgroup", "4:cpu,cpuacct:/box\n5:memory:/box\n")
    write(tmp_path / "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "50000")
    write(tmp_path / "sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000")
    write(tmp_path / "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1")
    write(tmp_path / "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")
    write(tmp_path / "sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712")
    write(tmp_path / "sys/fs/cgroup/cpu/box/cpu.stat", "throttled_time 2000000000")
    return tmp_path


def test_the_tightest_limit_on_the_way_up_counts(version_2: Path) -> None:
    assert quota_cpus(version_2) == 2.5
    assert memory_limit_bytes(version_2) == 1 << 30
    assert throttled_s(version_2) == 1.5


def test_a_limit_on_the_way_up_holds_back_too(version_2: Path) -> None:
    write(version_2 / "sys/fs/cgroup/kubepods/pod/box/cpu.stat", "usage_usec 7\nthrottled_usec 0")
    write(version_2 / "sys/fs/cgroup/kubepods/pod/cpu.stat", "throttled_usec 2500000")
    write(version_2 / "sys/fs/cgroup/kubepods/cpu.stat", "usage_usec 9")

    assert throttled_s(version_2) == 2.5


def test_version_1_is_read_too_and_its_largest_number_is_no_limit(version_1: Path) -> None:
    assert quota_cpus(version_1) == 0.5
    assert memory_limit_bytes(version_1) is None
    assert throttled_s(version_1) == 2.0


def test_without_a_group_there_is_no_limit(tmp_path: Path) -> None:
    assert quota_cpus(tmp_path) is None
    assert memory_limit_bytes(tmp_path) is None
    assert throttled_s(tmp_path) is None


@pytest.mark.parametrize("text", ["", "\n", "unlimited", "-1"])
def test_a_limit_that_is_no_number_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path / "proc/self/cgroup", "0::/box\nrubbish\n")
    write(tmp_path / "sys/fs/cgroup/box/memory.max", text)
    write(tmp_path / "sys/fs/cgroup/box/cpu.max", f"{text} 100000")
    write(tmp_path / "sys/fs/cgroup/box/cpu.stat", f"throttled_usec {text}")

    assert memory_limit_bytes(tmp_path) is None
    assert quota_cpus(tmp_path) is None
    assert throttled_s(tmp_path) is None
