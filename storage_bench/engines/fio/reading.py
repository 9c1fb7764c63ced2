"""What fio results of other people say: one line for each direction of each load. Pure.

A load is what ran side by side. What ran one after the other, reads that verify writes, and trims
are told each for itself and never added up; a job that failed, lost I/Os or did none has no figure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from storage_bench.engines.fio import parts
from storage_bench.engines.fio.asked import Asked, asked, remarks
from storage_bench.engines.fio.documents import Object, documents, table
from storage_bench.engines.fio.latency import Stated, stated
from storage_bench.engines.fio.latency import together as joined
from storage_bench.engines.fio.parts import integer
from storage_bench.errors import StorageError

Way = Literal["read", "write", "trim", "mixed"]
WAYS: tuple[Way, ...] = ("read", "write", "trim", "mixed")
SAME_SHARE = 0.95
"""Jobs whose common time is a smaller share of the whole did not run side by side."""
COUNTED_SHARE = 0.5
"""Where the drives counted less than this of what fio did, something before them answered."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The reads, writes or trims of one load."""

    way: Way
    ios: int
    io_bytes: int
    duration_s: float
    latency: Stated | None
    verifies: bool = False
    """Reads that came after the writes of the same job, to verify them."""

    @property
    def iops(self) -> float:
        return self.ios / self.duration_s

    @property
    def bytes_per_s(self) -> float:
        return self.io_bytes / self.duration_s


@dataclass(frozen=True, slots=True)
class Load:
    """Jobs that ran side by side, or one alone; without a figure where `fault` says why."""

    version: str
    jobs: tuple[str, ...]
    asked: Asked
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...]
    drives: tuple[str, ...] = ()
    """The drives that fio's disk_util names: of the whole run."""
    fault: str | None = None


def read(text: str) -> tuple[Load, ...]:
    """Every load in the documents of a text; raises StorageError where there is none.

    Of the documents that status-interval writes about one run, the last counts.
    """
    found = documents(text)
    runs = [document for document, _ in found.found]
    kept = [
        document
        for document, later in zip(runs, [*runs[1:], None], strict=True)
        if later is None or not _goes_on(document, later)
    ]
    return tuple(load for document in kept for load in _loads(document, found.around))


def _goes_on(document: Object, later: Object) -> bool:
    """Whether the later document is about the same run: that began before the first was written."""
    before, after = (parts.jobs(one) for one in (document, later))
    if not before or [parts.name(job) for job in before] != [parts.name(job) for job in after]:
        return False
    written, again = (_written_ms(one) for one in (document, later))
    if written is None or again is None:
        return False
    took_ms = max(
        max(_length_ms(job), 1000 * ((integer(job, "elapsed") or 1) - 1)) for job in after
    )
    # Without milliseconds a run of its own may seem to begin up to a second too early.
    slack_ms = 0 if "timestamp_ms" in later else 1000
    return again - took_ms < written - slack_ms


def _written_ms(document: Object) -> int | None:
    seconds = integer(document, "timestamp")
    return integer(document, "timestamp_ms") or (None if seconds is None else seconds * 1000)


def _loads(document: Object, around: Sequence[str]) -> Iterator[Load]:
    version, jobs = parts.version(document), parts.jobs(document)
    listed = document.get("disk_util")
    drives = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    names = tuple(str(one.get("name", "?")) for one in drives)
    common = [*around, *_uncounted(drives, names, jobs)]
    sets = list(_side_by_side([job for job in jobs if _fault(job) is None]))
    if len(sets) > 1:
        common.append(f"{len(sets)} loads one after the other, or not timed: never added up")
    if faults := [job for job in jobs if _fault(job) is not None]:
        common.append(f"{len(faults)} of {len(jobs)} jobs have no figure, which is no zero")
    for together in sets:
        wanted = asked(parts.options(document, together[0]))
        figures = tuple(_figures(document, together, version))
        took_s = max((figure.duration_s for figure in figures), default=0.0)
        odd = [
            told for job in together for way in WAYS
            if (told := parts.contradiction(table(job, way), way, version))
        ]  # fmt: skip
        said = (*common, *remarks(wanted, len(figures), took_s), *odd)
        yield Load(
            version, tuple(map(parts.name, together)), wanted, figures, tuple(dict.fromkeys(said)),
            names,
        )  # fmt: skip
    for job in faults:
        wanted = asked(parts.options(document, job))
        yield Load(version, (parts.name(job),), wanted, (), tuple(around), names, _fault(job))


def _fault(job: Object) -> str | None:
    """Why a job has no figure, or None where it has one."""
    if why := parts.failure(job):
        return f"it failed: {why}"
    if lost := [found for way in WAYS if (found := parts.incomplete(job, way))]:
        return f"{lost[0]}: a rate that counts them would be wrong"
    done = parts.counts(job)
    if not any(done.values()):
        return "it did no I/O (fio 3.33 says error 0 of a job that it refused to begin)"
    if not any(integer(table(job, way), "runtime") for way, count in done.items() if count):
        return "it has no run time"
    return None


def _side_by_side(jobs: Sequence[Object]) -> Iterator[list[Object]]:
    """The jobs that shared their time: by when they began, else by fio's groups."""
    if all(integer(job, "job_start") is not None for job in jobs):
        spans = [(integer(job, "job_start") or 0, _length_ms(job), job) for job in jobs]
    else:
        groups = {str(job.get("groupid", 0)): i for i, job in enumerate(jobs)}
        spans = [(groups[str(job.get("groupid", 0))] << 50, _length_ms(job), job) for job in jobs]
    spans.sort(key=lambda span: span[:2])
    current: list[tuple[int, int, Object]] = []
    for span in spans:
        tried = [*current, span]
        ends = [start + length for start, length, _ in tried]
        common = min(ends) - max(start for start, _, _ in tried)
        whole = max(ends) - min(start for start, _, _ in tried)
        if current and common < SAME_SHARE * whole:
            yield [job for _, _, job in current]
            tried = [span]
        current = tried
    if current:
        yield [job for _, _, job in current]


def _length_ms(job: Object) -> int:
    return max(integer(table(job, way), "runtime") or 0 for way in WAYS)


def _figures(document: Object, jobs: Sequence[Object], version: str) -> Iterator[Figure]:
    follows = any(parts.reads_follow(job, parts.options(document, job)) for job in jobs)
    for way in WAYS:
        found = [part for job in jobs if integer(part := table(job, way), "total_ios")]
        runtime_ms = max((integer(part, "runtime") or 0 for part in found), default=0)
        if not runtime_ms:
            continue
        yield Figure(
            way=way,
            ios=sum(parts.required(part, "total_ios") for part in found),
            io_bytes=sum(parts.io_bytes(part, version) for part in found),
            duration_s=runtime_ms / 1000,
            latency=joined([stated(part) for part in found]),
            verifies=follows and way == "read",
        )


def _uncounted(drives: Sequence[Object], names: Sequence[str], jobs: Sequence[Object]) -> list[str]:
    """A remark where the drives that fio looked at did not see its I/O."""
    keys = ("read_ios", "write_ios", "read_merges", "write_merges")
    seen = max((sum(integer(one, key) or 0 for key in keys) for one in drives), default=None)
    done = sum(sum(parts.counts(job).values()) for job in jobs)
    if seen is None or seen >= COUNTED_SHARE * done:
        return []
    return [f"{', '.join(names)} counted {seen} of {done} I/Os: something before it answered"]


def no_load(loads: Sequence[Load]) -> StorageError | None:
    """An error where nothing at all has a figure."""
    if any(load.figures for load in loads):
        return None
    why = "; ".join(f"{load.jobs[0]}: {load.fault}" for load in loads) or "it has no job"
    return StorageError(f"No job has a figure: {why}.", "Give a document of a run that did I/O.")
