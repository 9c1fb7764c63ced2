"""Counters of the kernel."""

import os
from pathlib import Path

from bench.evidence.outcome import Disturbance
from bench.machine.cpu.counters import CpuCounters, clock_hz, load_1m, steal_s


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def stat(root: Path, steal: int) -> None:
    line = f"5 0 5 900 0 0 0 {steal} 0 0"
    write(root / "proc/stat", f"cpu  {line}\ncpu0 {line}\ncpu1 {line}\ncpu2 {line}\n")


def test_only_the_cpus_in_use_are_counted(tmp_path: Path) -> None:
    stat(tmp_path, steal=30)

    assert steal_s((0, 2), tmp_path) == 60 / os.sysconf("SC_CLK_TCK")


def test_counters_say_what_happened_since_the_last_look(tmp_path: Path) -> None:
    stat(tmp_path, steal=30)
    write(tmp_path / "proc/self/task/1/schedstat", "5 1000000000 1")
    counters = CpuCounters((0,), tmp_path)
    stat(tmp_path, steal=80)
    write(tmp_path / "proc/self/task/1/schedstat", "5 1500000000 1")
    write(tmp_path / "proc/self/task/2/schedstat", "5 250000000 1")

    assert counters.since_last() == Disturbance(50 / os.sysconf("SC_CLK_TCK"), 0.75, None)
    assert counters.since_last() == Disturbance(0.0, 0.0, None)


def test_a_kernel_that_tells_nothing_leaves_everything_unknown(tmp_path: Path) -> None:
    assert CpuCounters((0,), tmp_path).since_last() == Disturbance(None, None, None)
    assert load_1m(tmp_path) is None
    assert clock_hz((0,), tmp_path) is None


def test_the_clock_is_the_mean_of_the_cpus_in_use(tmp_path: Path) -> None:
    for cpu, khz in ((0, 2_000_000), (1, 4_000_000)):
        write(tmp_path / f"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_cur_freq", f"{khz}\n")

    assert clock_hz((0, 1), tmp_path) == 3e9


def test_this_machine_counts_something() -> None:
    found = CpuCounters((0,)).since_last()

    assert found.steal_s is not None
    assert found.run_delay_s is not None
