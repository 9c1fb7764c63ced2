"""What fio's JSON says, as a JobResult. Pure: text in, result or StorageError out.

It is strict: one load, all of whose jobs ran side by side, or nothing. fio has two units for one
quantity (`bw` is KiB/s, `bw_bytes` is B/s); what is read here is counts, milliseconds of run time
and the nanosecond bins of `json+`. What other people's jobs did is read by `reading.py`.
"""

from collections import Counter
from collections.abc import Sequence

from storage_bench.engines.fio import parts
from storage_bench.engines.fio.documents import Object, last, table, unusable
from storage_bench.engines.fio.parts import integer, required
from storage_bench.errors import StorageError
from storage_bench.job import Direction, JobResult, Latency

SATURATED_NS = 17_112_760_320
"""The middle of the last bin of fio's histogram, which holds all that took longer."""
CONSISTENT_SHARE = 0.02
"""How far two statements of one quantity may differ; run time is rounded to milliseconds."""
OVERLAP_SHARE = 0.95
"""Jobs whose common time is a smaller share of the whole did not load the file together."""


def parse(text: str) -> JobResult:
    """The result of the last complete document in `text`.

    Raises StorageError where there is none, where any job in it failed, lost an I/O or did none at
    all, and where the jobs or the reads and writes of one did not run side by side.
    """
    document, warnings = last(text)
    jobs = _jobs(document)
    for job in jobs:
        _require_success(job)
        if parts.reads_follow(job, parts.options(document, job)):
            raise unusable("its reads verify what was written before: two phases, not a mix")
    version = parts.version(document)
    read, write = (_direction(jobs, name, version, warnings) for name in ("read", "write"))
    if read is None and write is None:
        only_trims = any(parts.counts(job)["trim"] for job in jobs)
        raise unusable("it only trims" if only_trims else "no job finished a single I/O")
    if idle := [parts.name(job) for job in jobs if not any(parts.counts(job).values())]:
        raise unusable(f"{idle[0]} did no I/O (fio 3.33 says error 0 of a job that never began)")
    if trims := sum(parts.counts(job)["trim"] for job in jobs):
        warnings.append(f"{trims} trims are not counted")
    return JobResult(
        engine="fio",
        engine_version=version,
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
    document, _ = last(text)
    (job, *others) = _jobs(document)
    if others:
        raise unusable(f"it has {1 + len(others)} jobs; wanted one that syncs")
    _require_success(job, ("write",))
    found = _latency([{"total_ios": 0, **table(job, "sync")}], "sync", [])
    if found is None:
        raise unusable("it holds no latency of a sync")
    return parts.version(document), found


def _jobs(document: Object) -> list[Object]:
    """The jobs, or with client and server the hosts, each of them once."""
    jobs = parts.jobs(document)
    if not any("read" in job or "write" in job for job in jobs):
        raise unusable("no job tells reads from writes (unified_rw_reporting?)")
    return jobs


def _require_success(job: Object, directions: Sequence[str] = ("read", "write", "trim")) -> None:
    name = job.get("jobname", "a job")
    if why := parts.failure(job):
        raise StorageError(
            f"fio's {name} failed: {why}.", "See the kernel's log for what the drive said."
        )
    for direction in directions:
        if lost := parts.incomplete(job, direction):
            raise StorageError(
                f"fio's {name} has {lost} among its {direction}s.",
                "A rate that counts incomplete I/Os would be wrong: check the drive.",
            )


def _direction(
    jobs: Sequence[Object], name: str, version: str, warnings: list[str]
) -> Direction | None:
    """The sum over all jobs, or None where no job did such I/O."""
    found = [part for job in jobs if integer(part := table(job, name), "total_ios")]
    if not found:
        return None
    warnings += [told for part in found if (told := parts.contradiction(part, name, version))]
    return Direction(
        ios=sum(required(part, "total_ios") for part in found),
        io_bytes=sum(parts.io_bytes(part, version) for part in found),
        latency=_latency(found, name, warnings),
    )


def _latency(tables: Sequence[Object], name: str, warnings: list[str]) -> Latency | None:
    """One histogram from the bins of all; percentiles are never averaged."""
    bins: Counter[int] = Counter()
    for part in tables:
        found = table(part, "lat_ns").get("bins")
        if not isinstance(found, dict) or not found:
            warnings.append(f"{name}: no latency bins (json+ with lat_percentiles=1 has them)")
            return None
        try:
            bins.update({int(nanoseconds): int(count) for nanoseconds, count in found.items()})
        except (TypeError, ValueError):
            raise unusable(f"a latency bin of its {name}s is no number") from None
    counted, ios = bins.total(), sum(required(part, "total_ios") for part in tables)
    if abs(counted - ios) > CONSISTENT_SHARE * ios:
        warnings.append(f"{name}: {counted} latencies were binned for {ios} I/Os")
    if max(bins) >= SATURATED_NS:
        warnings.append(f"{name}: latencies above 17 s share one bin; see the largest")
    bins_ns = tuple(sorted(value for value, count in bins.items() if count))
    return Latency(
        bins_ns=bins_ns,
        counts=tuple(bins[value] for value in bins_ns),
        min_ns=min(required(table(part, "lat_ns"), "min") for part in tables),
        max_ns=max(required(table(part, "lat_ns"), "max") for part in tables),
    )


def _duration_ms(jobs: Sequence[Object], warnings: list[str]) -> int:
    """The longest run time, once it is sure that the jobs ran side by side."""
    spans = [(job.get("job_start"), _runtime_ms(job)) for job in jobs if _runtime_ms(job)]
    longest = max((length for _, length in spans), default=0)
    if longest == 0:
        raise unusable("no job has a run time")
    starts = [start for start, _ in spans if isinstance(start, int)]
    if len(starts) == len(spans):
        ends = [start + length for start, (_, length) in zip(starts, spans, strict=True)]
        together, whole = min(ends) - max(starts), max(ends) - min(starts)
    else:
        if len(groups := {job.get("groupid", 0) for job in jobs}) > 1:
            # By stonewall or new_group: equal run times are no sign that they ran side by side.
            raise unusable(f"its jobs are of {len(groups)} groups, which it does not time")
        together, whole = min(length for _, length in spans), longest
        if len(spans) > 1:
            warnings.append("this fio does not tell when its jobs began")
    if not (together >= OVERLAP_SHARE * whole):
        raise unusable(f"its jobs were staggered: {max(together, 0)} of {whole} ms in common")
    return longest


def _runtime_ms(job: Object) -> int:
    return max(integer(table(job, name), "runtime") or 0 for name in ("read", "write"))


def _cpu_share(jobs: Sequence[Object]) -> float | None:
    """CPU time over run time, of the busiest of fio's groups; per cent in its output."""
    shares = []
    for job in jobs:
        both = (job.get("usr_cpu"), job.get("sys_cpu"))
        shares.append(sum(p for p in both if isinstance(p, int | float)) / 100)
    return max(shares) if all("usr_cpu" in job for job in jobs) else None


def _interface(document: Object, jobs: Sequence[Object]) -> str:
    """The I/O engine that all jobs used, from their options or the global ones."""
    options = document.get("global options")
    tables = options if isinstance(options, list) else [options]
    common = [
        table["ioengine"] for table in tables if isinstance(table, dict) and "ioengine" in table
    ]
    engines = {table(job, "job options").get("ioengine") for job in jobs} - {None} or set(common)
    if len(engines) > 1:
        raise unusable(f"its jobs used different engines: {', '.join(sorted(map(str, engines)))}")
    return str(engines.pop()) if engines else "unstated"
