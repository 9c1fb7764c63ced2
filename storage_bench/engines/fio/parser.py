"""What fio's JSON says, as a JobResult. Pure: text in, result or StorageError out.

fio's JSON comes between lines of noise, in several documents, with keys twice and with two units
for one quantity (`bw` is KiB/s, `bw_bytes` is B/s); what is read here is counts, milliseconds of
run time and the nanosecond bins of `json+`.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from storage_bench.errors import StorageError
from storage_bench.job import Direction, JobResult, Latency

OLDEST_MAJOR = 3
"""fio 2 reported latencies in microseconds under the same names."""
SATURATED_NS = 17_112_760_320
"""The middle of the last bin of fio's histogram, which holds all that took longer."""
CONSISTENT_SHARE = 0.02
"""How far two statements of one quantity may differ; run time is rounded to milliseconds."""
OVERLAP_SHARE = 0.95
"""Jobs whose common time is a smaller share of the whole did not load the file together."""
ALL_CLIENTS = "All clients"
"""The name of fio's own sum over hosts, which must not be added to what it sums."""

Object = dict[str, Any]


def parse(text: str) -> JobResult:
    """The result of the last complete document in `text`.

    Raises StorageError where there is none, or where any job in it failed, lost an I/O or did
    none at all.
    """
    document, warnings = _document(text)
    version = str(document.get("fio version", "unknown"))
    if (major := re.match(r"fio-(\d+)\.", version)) and int(major[1]) < OLDEST_MAJOR:
        raise _unusable(f"it was written by {version}, whose latencies have another unit")
    jobs = _jobs(document)
    for job in jobs:
        _require_success(job)
    read, write = (_direction(jobs, name, warnings) for name in ("read", "write"))
    if read is None and write is None:
        raise _unusable("no job finished a single I/O")
    return JobResult(
        engine="fio",
        engine_version=version.removeprefix("fio-"),
        interface=_interface(document, jobs),
        duration_s=_duration_ms(jobs, warnings) / 1000,
        read=read,
        write=write,
        warnings=tuple(dict.fromkeys(warnings)),
        cpu_share=_cpu_share(jobs),
    )


def parse_syncs(text: str) -> tuple[str, Latency]:
    """fio's version, and the latency of its one job's fsyncs or fdatasyncs.

    Their number is that of the bins: `total_ios` beside them is 0 in fio 3.33, which counts each
    sync as a short read besides. Raises StorageError as `parse` does.
    """
    document, _ = _document(text)
    (job, *others) = _jobs(document)
    if others:
        raise _unusable(f"it has {1 + len(others)} jobs; wanted one that syncs")
    _require_success(job, ("write",))
    found = _latency([{"total_ios": 0, **_table(job, "sync")}], "sync", [])
    if found is None:
        raise _unusable("it holds no latency of a sync")
    return str(document.get("fio version", "unknown")).removeprefix("fio-"), found


def _document(text: str) -> tuple[Object, list[str]]:
    """The last complete JSON document, and everything odd about it and what stands around it."""
    twice: list[str] = []

    def pairs_to_object(pairs: list[tuple[str, object]]) -> Object:
        counts = Counter(key for key, _ in pairs)
        twice.extend(f'key "{key}" came {n} times' for key, n in counts.items() if n > 1)
        return dict(pairs)

    decoder = json.JSONDecoder(object_pairs_hook=pairs_to_object)
    documents: list[tuple[Object, list[str]]] = []
    warnings: list[str] = []
    position = 0
    for match in re.finditer(r"^\{\s*$", text, re.MULTILINE):
        if match.start() < position:
            continue
        twice.clear()
        try:
            value, end = decoder.raw_decode(text, match.start())
        except (json.JSONDecodeError, RecursionError) as error:
            warnings.append(f"a document is cut off or damaged ({error})")
            continue
        warnings += _noise(text[position : match.start()])
        documents.append((value, twice.copy()))
        position = end
    if not documents:
        raise _unusable(warnings[-1] if warnings else "it holds no JSON document")
    warnings += _noise(text[position:])
    if len(documents) > 1:
        warnings.append(f"{len(documents)} documents; the last complete one counts")
    document, duplicates = documents[-1]
    return document, warnings + duplicates


def _noise(text: str) -> list[str]:
    """One warning for the lines that are no JSON; the first stands for all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [f"noise (lines: {len(lines)}), first: {lines[0]}"] if lines else []


def _jobs(document: Object) -> list[Object]:
    """The jobs, or with client and server the hosts, each of them once."""
    entries = document.get("jobs", document.get("client_stats"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unusable('it has neither "jobs" nor "client_stats"')
    jobs = [entry for entry in entries if entry.get("jobname") != ALL_CLIENTS]
    if not any("read" in job or "write" in job for job in jobs):
        raise _unusable("no job tells reads from writes (unified_rw_reporting?)")
    return jobs


def _require_success(job: Object, directions: Sequence[str] = ("read", "write", "trim")) -> None:
    name = job.get("jobname", "a job")
    code, errors = _integer(job, "error"), _integer(job, "total_err")
    if code or errors:
        why = os.strerror(code) if code else f"{errors} errors"
        raise StorageError(
            f"fio's {name} failed: {why}.", "See the kernel's log for what the drive said."
        )
    for direction in directions:
        for key in ("short_ios", "drop_ios"):
            if count := _integer(_table(job, direction), key):
                raise StorageError(
                    f"fio's {name} has {count} {key} among its {direction}s.",
                    "A rate that counts incomplete I/Os would be wrong: check the drive.",
                )


def _direction(jobs: Sequence[Object], name: str, warnings: list[str]) -> Direction | None:
    """The sum over all jobs, or None where no job did such I/O."""
    parts = [part for job in jobs if _integer(part := _table(job, name), "total_ios")]
    if not parts:
        return None
    for part in parts:
        _check_rate(part, name, warnings)
    return Direction(
        ios=sum(_required(part, "total_ios") for part in parts),
        io_bytes=sum(_required(part, "io_bytes") for part in parts),
        latency=_latency(parts, name, warnings),
    )


def _check_rate(part: Object, name: str, warnings: list[str]) -> None:
    """Note where `bw_bytes` does not follow from the bytes and the run time beside it."""
    stated, runtime_ms = part.get("bw_bytes"), _integer(part, "runtime")
    if not isinstance(stated, int | float) or not runtime_ms:
        return
    computed = _required(part, "io_bytes") * 1000 / runtime_ms
    if not (abs(stated - computed) <= CONSISTENT_SHARE * computed):
        warnings.append(f"{name}: bw_bytes says {stated:.0f} B/s, the bytes {computed:.0f} B/s")


def _latency(parts: Sequence[Object], name: str, warnings: list[str]) -> Latency | None:
    """One histogram from the bins of all; percentiles are never averaged."""
    bins: Counter[int] = Counter()
    for part in parts:
        found = _table(part, "lat_ns").get("bins")
        if not isinstance(found, dict) or not found:
            warnings.append(f"{name}: no latency bins (json+ with lat_percentiles=1 has them)")
            return None
        try:
            bins.update({int(nanoseconds): int(count) for nanoseconds, count in found.items()})
        except (TypeError, ValueError):
            raise _unusable(f"a latency bin of its {name}s is no number") from None
    counted, ios = bins.total(), sum(_required(part, "total_ios") for part in parts)
    if abs(counted - ios) > CONSISTENT_SHARE * ios:
        warnings.append(f"{name}: {counted} latencies were binned for {ios} I/Os")
    if max(bins) >= SATURATED_NS:
        warnings.append(f"{name}: latencies above 17 s share one bin; see the largest")
    bins_ns = tuple(sorted(value for value, count in bins.items() if count))
    return Latency(
        bins_ns=bins_ns,
        counts=tuple(bins[value] for value in bins_ns),
        min_ns=min(_required(_table(part, "lat_ns"), "min") for part in parts),
        max_ns=max(_required(_table(part, "lat_ns"), "max") for part in parts),
    )


def _duration_ms(jobs: Sequence[Object], warnings: list[str]) -> int:
    """The longest run time, once it is sure that the jobs ran side by side."""
    spans = [(job.get("job_start"), _runtime_ms(job)) for job in jobs if _runtime_ms(job)]
    longest = max((length for _, length in spans), default=0)
    if longest == 0:
        raise _unusable("no job has a run time")
    starts = [start for start, _ in spans if isinstance(start, int)]
    if len(starts) == len(spans):
        ends = [start + length for start, (_, length) in zip(starts, spans, strict=True)]
        together, whole = min(ends) - max(starts), max(ends) - min(starts)
    else:
        together, whole = min(length for _, length in spans), longest
        if len(spans) > 1:
            warnings.append("this fio does not tell when its jobs began")
    if not (together >= OVERLAP_SHARE * whole):
        raise _unusable(f"its jobs were staggered: {max(together, 0)} of {whole} ms in common")
    return longest


def _runtime_ms(job: Object) -> int:
    return max(_integer(_table(job, name), "runtime") or 0 for name in ("read", "write"))


def _cpu_share(jobs: Sequence[Object]) -> float | None:
    """CPU time over run time, of the busiest of fio's groups; per cent in its output."""
    shares = []
    for job in jobs:
        parts = (job.get("usr_cpu"), job.get("sys_cpu"))
        shares.append(sum(p for p in parts if isinstance(p, int | float)) / 100)
    return max(shares) if all("usr_cpu" in job for job in jobs) else None


def _interface(document: Object, jobs: Sequence[Object]) -> str:
    """The I/O engine that all jobs used, from their options or the global ones."""
    options = document.get("global options")
    tables = options if isinstance(options, list) else [options]
    common = [
        table["ioengine"] for table in tables if isinstance(table, dict) and "ioengine" in table
    ]
    engines = {_table(job, "job options").get("ioengine") for job in jobs} - {None} or set(common)
    if len(engines) > 1:
        raise _unusable(f"its jobs used different engines: {', '.join(sorted(map(str, engines)))}")
    return str(engines.pop()) if engines else "unstated"


def _table(parent: Object, key: str) -> Object:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _integer(parent: Object, key: str) -> int | None:
    value = parent.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _required(parent: Object, key: str) -> int:
    value = _integer(parent, key)
    if value is None:
        raise _unusable(f'"{key}" is missing or no whole number')
    return value


def _unusable(why: str) -> StorageError:
    return StorageError(
        f"fio's output cannot be used: {why}.", "Run `fio --version` and the job by hand."
    )
