"""The engine fio: where it is, the job file it gets, and how its run ends."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from storage_bench.engines import uring
from storage_bench.engines.fio import log as fio_log
from storage_bench.engines.fio import parser
from storage_bench.errors import StorageError
from storage_bench.histogram import COARSE_BITS
from storage_bench.job import Job, JobResult
from storage_bench.observations import Appends
from storage_bench.workspace.guard import require_data_file
from storage_bench.workspace.marker import OURS

JOB_FILE = f"{OURS}fio.job"
OUTPUT_FILE = f"{OURS}fio.json"
LOGS = f"{OURS}fio"
GRACE_S = 60.0
"""How much longer than its ramp and duration fio may take before it is taken for hung."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h
OLDEST = (3, 7)
"""The first that bins the whole latency (lat_percentiles with json+); 2.x refuses the job file."""
ANSWER_S = 10.0
"""How long `fio --version` may take."""


@dataclass(frozen=True, slots=True)
class Fio:
    """An installed fio and the interface it would use here."""

    path: str
    version: str
    interface: str
    """`io_uring`, `libaio` or `psync`: the first that both fio and the kernel have."""

    @property
    def lacks(self) -> str | None:
        """Why its results would not do here, or None where they do."""
        found = re.match(r"(\d+)\.(\d+)", self.version)
        if found and (int(found[1]), int(found[2])) >= OLDEST:
            return None
        return f"fio {self.version} keeps no latencies that can be used: wanted 3.7 or newer"

    def run(self, job: Job, path: Path) -> JobResult:
        """Load the filled file `path` with `job`; raises StorageError without a usable result."""
        require_data_file(path, job)
        folder = path.parent
        try:
            (folder / JOB_FILE).write_text(job_file(job, path.name, self.interface))
            return self._run(job, folder)
        except OSError as error:
            raise StorageError(
                f"fio could not be run in {folder}: {error.strerror}.", "Check the folder's rights."
            ) from error
        finally:
            for file in (folder / JOB_FILE, folder / OUTPUT_FILE, *folder.glob(f"{LOGS}_*.log")):
                file.unlink(missing_ok=True)

    def appends(self, path: Path, block_bytes: int, size_bytes: int, limit_s: float) -> Appends:
        """Append to a new file at `path` in a marked folder, fdatasync after each.

        Raises StorageError without a usable result.
        """
        folder = path.parent
        try:
            (folder / JOB_FILE).write_text(append_file(path.name, block_bytes, size_bytes, limit_s))
            text = self._output(folder, limit_s + GRACE_S)
        except OSError as error:
            raise StorageError(
                f"fio could not be run in {folder}: {error.strerror}.", "Check the folder's rights."
            ) from error
        finally:
            for file in (folder / JOB_FILE, folder / OUTPUT_FILE):
                file.unlink(missing_ok=True)
        version, latency = parser.parse_syncs(text)
        return Appends(f"fio {version}", block_bytes, sum(latency.counts), latency)

    def _run(self, job: Job, folder: Path) -> JobResult:
        options = ["--readonly"] if job.read_share == 1 else []
        text = self._output(folder, job.ramp_s + job.duration_s + GRACE_S, options)
        result = parser.parse(text)
        windows, warnings = fio_log.windows(
            _texts(folder, "iops"), _texts(folder, "clat_hist"), result, job.duration_s
        )
        return replace(result, windows=windows, warnings=result.warnings + warnings)

    def _output(self, folder: Path, limit_s: float, options: Sequence[str] = ()) -> str:
        """Run the job file in the folder and return what fio wrote."""
        command = [self.path, "--output-format=json+", f"--output={OUTPUT_FILE}", "--eta=never"]
        try:
            done = subprocess.run(
                [*command, *options, JOB_FILE],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=limit_s,
                env=os.environ | {"LC_ALL": "C"},
                text=True,
                errors="replace",
                check=False,
                # Orphaned, it would load the drive to its end in a folder that is cleaned up.
                preexec_fn=_dying_with_parent(),
            )
        except subprocess.TimeoutExpired as error:
            raise StorageError(
                f"fio did not end within {limit_s:.0f} s and was stopped.",
                "Look for a hung drive in the kernel's log.",
            ) from error
        if done.returncode != 0:
            raise _died(done.returncode, done.stdout)
        output = folder / OUTPUT_FILE
        if not output.exists():
            raise StorageError("fio ended well and wrote no output.", "Run `fio --version`.")
        return output.read_text(errors="replace")


def find() -> Fio | None:
    """The fio on the search path, or None where there is none that answers."""
    path = shutil.which("fio")
    if path is None:
        return None
    version, engines = _answer(path, "--version"), _answer(path, "--enghelp")
    if version is None or not version.startswith("fio-"):
        return None
    compiled = re.findall(r"^\s+(\S+)$", engines or "", re.MULTILINE)
    return Fio(path, version.strip().removeprefix("fio-"), _interface(compiled))


def job_file(job: Job, name: str, interface: str) -> str:
    """The job in fio's own words: a whole file, because the command line has other quoting."""
    queued = interface != "psync"
    random = job.pattern.startswith("rand")
    # An interface without a queue keeps as many operations in flight by as many threads.
    threads = job.threads if queued else job.threads * job.depth
    # fio takes a mix for one that writes, whatever its share.
    pure = {1.0: "randread", 0.0: "randwrite"}.get(job.read_share, "randrw")
    pattern = pure if job.pattern == "randrw" else job.pattern
    region_bytes = job.size_bytes if random else job.region_bytes(threads)
    options: dict[str, object] = {
        "filename": name.replace(":", r"\:"),
        "ioengine": interface,
        "direct": int(job.direct),
        "rw": pattern,
        "bs": job.block_bytes,
        "size": region_bytes,
        "iodepth": job.depth if queued else 1,
        "numjobs": threads,
        "thread": 1,
        "group_reporting": 1,
        "time_based": 1,
        "ramp_time": f"{round(job.ramp_s * 1000)}ms",
        "runtime": f"{round(job.duration_s * 1000)}ms",
        "randrepeat": 0,
        "randseed": job.seed,
        "norandommap": 1,
        "refill_buffers": 1,
        "lat_percentiles": 1,
        "write_iops_log": LOGS,
        "log_avg_msec": 1000,
        "write_hist_log": LOGS,
        "log_hist_msec": 1000,
        "log_hist_coarseness": COARSE_BITS,
        "per_job_logs": 1,
        "fallocate": "none",
        "allow_file_create": 0,
    }
    if not random:
        options["offset_increment"] = region_bytes
    if pattern == "randrw":
        options["rwmixread"] = round(job.read_share * 100)
    if job.rate_iops is not None:
        # Of each of fio's jobs; linear, because fio's poisson process gives twice the rate.
        reads = job.rate_iops * job.read_share / threads
        writes = job.rate_iops * (1 - job.read_share) / threads
        options["rate_iops"] = ",".join(
            str(round(rate)) if rate else "" for rate in (reads, writes)
        )
        options["rate_process"] = "linear"
    return "[job]\n" + "".join(f"{key}={value}\n" for key, value in options.items())


def append_file(name: str, block_bytes: int, size_bytes: int, limit_s: float) -> str:
    """A log writer in fio's own words: through the page cache, because no sector is that small."""
    options: dict[str, object] = {
        "filename": name.replace(":", r"\:"),
        "ioengine": "sync",
        "rw": "write",
        "bs": block_bytes,
        "size": size_bytes // block_bytes * block_bytes,
        "fdatasync": 1,
        "runtime": f"{round(limit_s * 1000)}ms",
        "refill_buffers": 1,
        "fallocate": "none",
    }
    return "[job]\n" + "".join(f"{key}={value}\n" for key, value in options.items())


def _dying_with_parent() -> Callable[[], object]:
    """What the child does before it becomes fio; looked up here, because it must do no more."""
    prctl = ctypes.CDLL(None).prctl
    return partial(prctl, PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _texts(folder: Path, kind: str) -> list[str]:
    """This log of each of fio's jobs."""
    return [path.read_text() for path in sorted(folder.glob(f"{LOGS}_{kind}.*.log"))]


def _interface(compiled: list[str]) -> str:
    if "io_uring" in compiled and uring.refused() is None:
        return "io_uring"
    return "libaio" if "libaio" in compiled else "psync"


@cache
def _answer(path: str, option: str) -> str | None:
    # Asked by several in one process, and a tenth of a second each time.
    try:
        return subprocess.run(
            [path, option], capture_output=True, text=True, timeout=ANSWER_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _died(code: int, output: str) -> StorageError:
    said = next((line for line in output.splitlines() if line.strip()), "nothing").strip()
    if code < 0:
        reason = f"fio was killed ({signal.strsignal(-code)})"
    else:
        reason = f"fio ended with exit code {code} and said: {said}"
    return StorageError(f"{reason}.", "Run `fio --version` and see the kernel's log.")
