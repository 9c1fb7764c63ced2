"""One replicate of a guarantee: a fresh file, a settled load, and everything that bears witness."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from storage_bench.engines import choose
from storage_bench.errors import StorageError
from storage_bench.guarantee import cache_bypass, compressibility, device_counters, read_back
from storage_bench.guarantee.definition import Guarantee, Tier
from storage_bench.job import Job
from storage_bench.observations import Appends, DataSample, Integrity, Replicate
from storage_bench.workspace.fill import fill
from storage_bench.workspace.guard import Workspace

SEQUENTIAL_S = 3.0
SEQUENTIAL_BYTES = 2**20

Note = Callable[[str], None]


def prepare(path: Path, size_bytes: int, seed: int, note: Note = lambda text: None) -> None:
    """A new file of random data at `path`, in a marked folder; what lay there goes first.

    Raises StorageError where it cannot be written.
    """
    path.unlink(missing_ok=True)
    note(f"writing {size_bytes / 1e9:.1f} GB of random data")
    fill(path, size_bytes, seed)


def run_replicate(
    guarantee: Guarantee,
    tier: Tier,
    path: Path,
    size_bytes: int,
    seed: int,
    chosen: choose.Engine,
    note: Note = lambda text: None,
) -> Replicate:
    """Settle on the prepared file, measure, and look at what was left behind.

    An engine that fails makes a trial without a result.
    """
    job = guarantee.job(tier, size_bytes, seed)
    try:
        sequential = choose.run(chosen, _sequential(job), path)
        if tier.settle_s:
            note(f"letting it settle for {tier.settle_s:.0f} s")
            choose.run(chosen, replace(job, duration_s=tier.settle_s, seed=seed + 1), path)
        note(f"measuring for {tier.duration_s:.0f} s")
        before = device_counters.counters(path)
        result = choose.run(chosen, job, path)
        after = device_counters.counters(path)
    except StorageError as error:
        return Replicate(size_bytes, None, str(error))
    bytes_per_s = sequential.io_bytes / sequential.duration_s
    seen = after.since(before) if before is not None and after is not None else None
    return Replicate(
        size_bytes=size_bytes,
        result=result,
        seen=seen,
        sequential_bytes_per_s=bytes_per_s,
        bypass=cache_bypass.prove(path, job, result, seen, bytes_per_s),
        data=_sample(guarantee, job, path),
        integrity=_integrity(guarantee, job, path, chosen, note),
        appends=_appends(guarantee, tier, job, path, chosen, note),
    )


def _sample(guarantee: Guarantee, job: Job, path: Path) -> DataSample | None:
    """None where the file cannot be read any more: what was measured before is kept."""
    blocks = guarantee.data.sample_blocks
    try:
        return compressibility.sample(path, job.size_bytes, job.block_bytes, blocks, job.seed)
    except StorageError:
        return None


def _integrity(
    guarantee: Guarantee, job: Job, path: Path, chosen: choose.Engine, note: Note
) -> Integrity | None:
    """None where the file can be read no more at all, which says why."""
    note(f"reading {job.size_bytes / 1e9:.1f} GB back, to the byte")
    again = guarantee.integrity.written_anew_blocks
    try:
        return read_back.check(
            path, job.size_bytes, job.block_bytes, job.seed, again, marked=chosen == "native"
        )
    except StorageError as error:
        note(str(error))
        return None


def _appends(
    guarantee: Guarantee,
    tier: Tier,
    job: Job,
    path: Path,
    chosen: choose.Engine,
    note: Note,
) -> Appends | None:
    """None where they fail, which says why: no verdict hangs on them."""
    rule, log = guarantee.appends, Workspace(path.parent).append_file
    note(f"appending {rule.size_bytes / 1e6:.0f} MB, durably, for {tier.append_s:g} s at the most")
    try:
        return choose.appends(
            chosen, log, rule.block_bytes, rule.size_bytes, tier.append_s, job.seed
        )
    except StorageError as error:
        note(str(error))
        return None
    finally:
        log.unlink(missing_ok=True)


def _sequential(job: Job) -> Job:
    """Reads in order, which no random load on the same storage can outrun."""
    return replace(
        job,
        name="sequential",
        pattern="read",
        read_share=1.0,
        block_bytes=SEQUENTIAL_BYTES,
        size_bytes=job.size_bytes // SEQUENTIAL_BYTES * SEQUENTIAL_BYTES,
        duration_s=SEQUENTIAL_S,
        rate_iops=None,
    )
