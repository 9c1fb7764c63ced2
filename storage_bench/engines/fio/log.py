"""fio's logs, made into one gapless row of seconds. Pure: text in, windows out.

Two logs of each of fio's jobs are read. `iops` has a line for each second in which anything was
done; a second without one is left out by fio, and is 0 here. `clat_hist` has the histogram of what
ended since its line before; it is written when an I/O ends, so that the line after a stall stands
late, and what ended after its last line is in none. Its latencies leave out the submission.
"""

from collections import Counter
from collections.abc import Sequence

from storage_bench.errors import StorageError
from storage_bench.histogram import COARSE_BINS, coarse_latency
from storage_bench.job import JobResult, Latency, Window

SECOND_MS = 1000
CONSISTENT_SHARE = 0.02
"""How far logs and summary may differ: lines are rounded to milliseconds."""
DIRECTIONS = (0, 1)
"""fio's numbers of reads and writes; 2 is a trim."""


def windows(
    iops_logs: Sequence[str], histogram_logs: Sequence[str], result: JobResult, duration_s: float
) -> tuple[tuple[Window, ...], tuple[str, ...]]:
    """Every second of `duration_s`, all jobs together, and what does not fit the summary.

    fio before 3.37 may lose the last line of a log: what the summary has beyond the log is taken
    to have ended in the last second. Raises StorageError for a line that is none of fio's.
    """
    seconds = max(1, -(-round(duration_s * 1000) // SECOND_MS))
    warnings: list[str] = []
    counts = [_counted(iops_logs, way, seconds) for way in DIRECTIONS]
    for way, direction in zip(DIRECTIONS, (result.read, result.write), strict=True):
        ios = direction.ios if direction is not None else 0
        missing, name = ios - sum(counts[way]), ("read", "write")[way]
        if missing > 0 and _cut_short(iops_logs, way, seconds):
            counts[way][-1] += missing
        elif abs(missing) > CONSISTENT_SHARE * ios:
            warnings.append(f"{name}: the log has {sum(counts[way])} I/Os, the summary {ios}")
    latencies = [_latencies(histogram_logs, way, seconds) for way in DIRECTIONS]
    found = tuple(
        Window(
            start_s=float(index),
            duration_s=min(1.0, duration_s - index),
            reads=counts[0][index],
            writes=counts[1][index],
            read_latency=latencies[0][index],
            write_latency=latencies[1][index],
        )
        for index in range(seconds)
    )
    return found, tuple(warnings)


def _counted(logs: Sequence[str], way: int, seconds: int) -> list[int]:
    """Operations in each second; a line's rate holds for the second that ends at its time."""
    counts = [0] * seconds
    for log in logs:
        for fields in _rows(log):
            if fields[2] == way:
                index = round(fields[0] / SECOND_MS) - 1
                counts[min(max(index, 0), seconds - 1)] += fields[1]
    return counts


def _cut_short(logs: Sequence[str], way: int, seconds: int) -> bool:
    """Whether one of the logs has no line for the last second."""
    return any(_counted([log], way, seconds)[-1] == 0 for log in logs) or not logs


def _latencies(logs: Sequence[str], way: int, seconds: int) -> list[Latency | None]:
    """The histogram of each second: that of the lines that stand in it."""
    sums: list[Counter[int]] = [Counter() for _ in range(seconds)]
    for log in logs:
        for fields in _rows(log):
            if fields[1] == way:
                index = min(max(round(fields[0] / SECOND_MS) - 1, 0), seconds - 1)
                sums[index].update({i: n for i, n in enumerate(fields[3:]) if n})
    return [coarse_latency([one[i] for i in range(COARSE_BINS)]) for one in sums]


def _rows(log: str) -> list[list[int]]:
    rows = []
    for line in log.splitlines():
        try:
            # A priority, which log_prio writes last and in hexadecimal, is not needed.
            fields = [field for field in line.split(",") if not field.strip().startswith("0x")]
            rows.append([int(field) for field in fields])
        except ValueError:
            raise _unreadable(line) from None
        if len(rows[-1]) < 3:
            raise _unreadable(line)
    return rows


def _unreadable(line: str) -> StorageError:
    return StorageError(
        f"A line of fio's log cannot be read: {line[:60]!r}.", "Run `fio --version`."
    )
