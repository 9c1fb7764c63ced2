"""Counters of the Linux kernel that say what disturbed us. Absent counters give None."""

import os
from pathlib import Path

from bench.evidence.outcome import Disturbance
from bench.machine.cgroup import throttled_s


class CpuCounters:
    """Steal, run delay and throttling since the last look.

    Steal counts what the hypervisor gave to others and misses a busy sibling thread; run delay
    counts waiting behind other processes of this machine. Neither alone says "quiet".
    """

    def __init__(self, cpus: tuple[int, ...], root: Path = Path("/")) -> None:
        self._cpus = cpus
        self._root = root
        self._last = self._totals()

    def since_last(self) -> Disturbance:
        """Seconds since the last call, or since this was made."""
        before, self._last = self._last, self._totals()
        return Disturbance(
            *(
                max(0.0, after - earlier) if after is not None and earlier is not None else None
                for earlier, after in zip(before, self._last, strict=True)
            )
        )

    def _totals(self) -> tuple[float | None, float | None, float | None]:
        return steal_s(self._cpus, self._root), run_delay_s(self._root), throttled_s(self._root)


def steal_s(cpus: tuple[int, ...], root: Path = Path("/")) -> float | None:
    """Stolen time of these CPUs since boot, in ticks of 1/CLK_TCK (/proc/stat, field 8)."""
    wanted = {f"cpu{cpu}" for cpu in cpus}
    total, found = 0, False
    try:
        lines = (root / "proc/stat").read_text(errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, *fields = line.split()
        if name in wanted and len(fields) >= 8 and fields[7].isdecimal():
            total, found = total + int(fields[7]), True
    return total / os.sysconf("SC_CLK_TCK") if found else None


def run_delay_s(root: Path = Path("/")) -> float | None:
    """Time that this process's threads were runnable and waiting (schedstat, field 2)."""
    total_ns, found = 0, False
    try:
        tasks = list((root / "proc/self/task").iterdir())
    except OSError:
        return None
    for task in tasks:
        try:
            fields = (task / "schedstat").read_text(errors="replace").split()
        except OSError:  # the thread ended meanwhile, or the kernel has no schedstat
            continue
        if len(fields) > 1 and fields[1].isdecimal():
            total_ns, found = total_ns + int(fields[1]), True
    return total_ns / 1e9 if found else None


def load_1m(root: Path = Path("/")) -> float | None:
    """Load average over one minute."""
    try:
        return float((root / "proc/loadavg").read_text(errors="replace").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def clock_hz(cpus: tuple[int, ...], root: Path = Path("/")) -> float | None:
    """Mean current clock by cpufreq. None without it: /proc/cpuinfo shows the counter's rate."""
    clocks = []
    for cpu in cpus:
        path = root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_cur_freq"
        try:
            clocks.append(int(path.read_text(errors="replace")) * 1e3)
        except (OSError, ValueError):
            return None
    return sum(clocks) / len(clocks) if clocks else None
