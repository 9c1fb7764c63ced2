"""What one job of fio's document says, in SI units, whichever version wrote it. Pure."""

import os
import re
from collections.abc import Mapping

from storage_bench.engines.fio.documents import Object, table, unusable

ALL_CLIENTS = "All clients"
"""The name of fio's own sum over hosts, which must not be added to what it sums."""
CONSISTENT_SHARE = 0.02
"""How far two statements of one quantity may differ; run time is rounded to milliseconds."""
WAYS = ("read", "write", "trim", "mixed")
"""Fio's directions; `mixed` where unified_rw_reporting made one of the first three."""
WRITES_ONLY = ("write", "randwrite")


def version(document: Object) -> str:
    return str(document.get("fio version", "unknown")).removeprefix("fio-")


def major(version: str) -> int | None:
    """The first number of a version; None where it has none."""
    found = re.match(r"(\d+)\.", version)
    return int(found[1]) if found else None


def jobs(document: Object) -> list[Object]:
    """The jobs, or with client and server the hosts, each of them once."""
    entries = document.get("jobs", document.get("client_stats"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise unusable('it has neither "jobs" nor "client_stats"')
    return [entry for entry in entries if entry.get("jobname") != ALL_CLIENTS]


def name(job: Object) -> str:
    """The job, with its host where several were asked."""
    host = job.get("hostname")
    return f"{job.get('jobname', 'a job')}{f' on {host}' if host else ''}"


def options(document: Object, job: Object) -> Mapping[str, str]:
    """What the job was asked for: its own options over the global ones; a flag is "1"."""
    given = document.get("global options")
    tables = given if isinstance(given, list) else [given]
    merged = {
        str(key): str(value)
        for one in (*tables, job.get("job options"))
        if isinstance(one, dict)
        for key, value in one.items()
    }
    if "readwrite" in merged:
        merged.setdefault("rw", merged["readwrite"])
    return merged


def failure(job: Object) -> str | None:
    """Why the job failed, or None."""
    code, errors = integer(job, "error"), integer(job, "total_err")
    if code:
        return os.strerror(code) if abs(code) < 2**31 else f"error {code}"
    return f"{errors} errors" if errors else None


def incomplete(job: Object, way: str) -> str | None:
    """I/Os that did not do what they were asked, or None."""
    for key in ("short_ios", "drop_ios"):
        if count := integer(table(job, way), key):
            return f"{count} {key}"
    return None


def counts(job: Object) -> dict[str, int]:
    """Operations in each direction."""
    return {way: integer(table(job, way), "total_ios") or 0 for way in WAYS}


def io_bytes(part: Object, version: str) -> int:
    """The bytes of a direction: `io_bytes` is KiB in fio 2, and bytes from 3.0 on."""
    stated = required(part, "io_bytes")
    return stated * 1024 if (major(version) or 3) < 3 else stated


def contradiction(part: Object, way: str, version: str) -> str | None:
    """Where the bandwidth does not follow from the bytes and the run time beside it."""
    stated, runtime_ms = part.get("bw_bytes"), integer(part, "runtime")
    if not isinstance(stated, int | float):
        kib = part.get("bw") if (major(version) or 3) < 3 else None
        stated = kib * 1024 if isinstance(kib, int | float) else None
    if stated is None or not runtime_ms:
        return None
    computed = io_bytes(part, version) * 1000 / runtime_ms
    if abs(stated - computed) <= CONSISTENT_SHARE * computed:
        return None
    return f"{way}: bw_bytes says {stated:.0f} B/s, the bytes {computed:.0f} B/s"


def reads_follow(job: Object, asked: Mapping[str, str]) -> bool:
    """Whether the job's reads came after its writes, to verify them.

    A job that was asked to write alone reads for nothing else. Where its options are not told, the
    whole run time is the sum of both; that of several threads in one entry is a sum too, so that
    the time since fio began has to hold both, one after the other.
    """
    reads, writes = table(job, "read"), table(job, "write")
    if not (integer(reads, "total_ios") and integer(writes, "total_ios")):
        return False
    if "rw" in asked:
        return asked["rw"].split(":")[0] in WRITES_ONLY
    both = (integer(reads, "runtime") or 0) + (integer(writes, "runtime") or 0)
    whole, elapsed_s = integer(job, "job_runtime"), integer(job, "elapsed")
    if whole is None or elapsed_s is None or not both:
        return False
    return abs(whole - both) <= CONSISTENT_SHARE * both and elapsed_s * 1000 >= both


def integer(parent: Object, key: str) -> int | None:
    """A whole number that a counter could hold; None for anything else."""
    value = parent.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not abs(value) < 2**64:
        return None
    return value


def required(parent: Object, key: str) -> int:
    value = integer(parent, key)
    if value is None:
        raise unusable(f'"{key}" is missing or no whole number')
    return value
