"""Age of this process: what a budget has spent before the first line of ours ran."""

import os
import time
from pathlib import Path

_START_TIME = 21
"""Place of the start time after the name of the program, in clock ticks since boot (proc(5))."""


def process_age_s(stat: Path = Path("/proc/self/stat")) -> float:
    """Seconds since the process was started; 0 where the system does not tell."""
    try:
        fields = stat.read_text().rpartition(")")[2].split()
        started_s = int(fields[_START_TIME - 2]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started_s)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
