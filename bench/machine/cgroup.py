"""What the control group of this process allows: CPU bandwidth, memory, throttling so far."""

from collections.abc import Iterator
from pathlib import Path


def quota_cpus(root: Path = Path("/")) -> float | None:
    """The tightest CPU bandwidth limit on the way up, in CPUs; None where there is none."""
    limits = []
    for folder in _folders(root, "cpu"):
        try:
            if (folder / "cpu.max").exists():
                quota, period = (folder / "cpu.max").read_text(errors="replace").split()
            else:
                quota = (folder / "cpu.cfs_quota_us").read_text(errors="replace").strip()
                period = (folder / "cpu.cfs_period_us").read_text(errors="replace").strip()
        except (OSError, ValueError):
            continue
        if quota.isdecimal() and period.isdecimal() and int(period):
            limits.append(int(quota) / int(period))
    return min(limits, default=None)


def memory_limit_bytes(root: Path = Path("/")) -> int | None:
    """The tightest memory limit on the way up; None where there is none."""
    limits = []
    for folder in _folders(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            try:
                text = (folder / name).read_text(errors="replace").strip()
            except OSError:
                continue
            # Version 1 writes "no limit" as the largest page-aligned number.
            if text.isdecimal() and int(text) < 1 << 60:
                limits.append(int(text))
    return min(limits, default=None)


def throttled_s(root: Path = Path("/")) -> float | None:
    """How long bandwidth limits held us back so far; None where nothing counts it.

    Each group counts its own limit, and one on the way up may be the tight one.
    """
    counted = [_throttled_s(folder) for folder in _folders(root, "cpu")]
    found = [spent_s for spent_s in counted if spent_s is not None]
    return sum(found) if found else None


def _throttled_s(folder: Path) -> float | None:
    try:
        lines = (folder / "cpu.stat").read_text(errors="replace").splitlines()
    except OSError:
        return None
    pairs = (line.split() for line in lines)
    fields = {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}
    if "throttled_usec" in fields:
        return int(fields["throttled_usec"]) / 1e6
    return int(fields["throttled_time"]) / 1e9 if "throttled_time" in fields else None


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """This process's group and its ancestors, innermost first, in either cgroup version."""
    try:
        lines = (root / "proc/self/cgroup").read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if not path.startswith("/"):
            continue
        if controllers == "":
            top = root / "sys/fs/cgroup"
        elif controller in controllers.split(","):
            top = root / "sys/fs/cgroup" / controller
            if not top.exists():
                top = root / "sys/fs/cgroup" / controllers
        else:
            continue
        folder = top / path.lstrip("/")
        while folder.is_relative_to(top):
            if folder.exists():
                yield folder
            if folder == top:
                break
            folder = folder.parent
