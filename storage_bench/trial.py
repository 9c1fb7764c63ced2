"""One replicate of a guarantee: a fresh file, a settled load, and everything that bears witness."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from storage_bench import bypass, data_sample, engine, witness
from storage_bench.bypass import Proof
from storage_bench.data_sample import DataSample
from storage_bench.errors import StorageError
from storage_bench.guarantee import Guarantee, Tier
from storage_bench.guard import Workspace, fill
from storage_bench.job import Job, JobResult
from storage_bench.witness import Counters

SEQUENTIAL_S = 3.0
SEQUENTIAL_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Trial:
    """The evidence of one replicate; None for what is missing."""

    size_bytes: int
    """Of the file under test, the working set."""
    result: JobResult | None
    failure: str | None = None
    """Why there is no result."""
    seen: Counters | None = None
    """What the device counted during the load."""
    bypass: Proof | None = None
    data: DataSample | None = None


Run = Callable[[Job], JobResult]


def carry_out(
    guarantee: Guarantee,
    tier: Tier,
    space: Workspace,
    size_bytes: int,
    seed: int,
    chosen: engine.Engine,
    note: Callable[[str], None] = lambda text: None,
) -> Trial:
    """Fill a new file in the marked folder, settle, measure, and look at what was left behind.

    An engine that fails makes a trial without a result; a folder that cannot be filled raises
    StorageError.
    """
    path = space.data_file
    path.unlink(missing_ok=True)
    note(f"writing {size_bytes / 1e9:.1f} GB of random data")
    fill(path, size_bytes, seed)
    job = guarantee.job(tier, size_bytes, seed)
    try:
        sequential = engine.run(chosen, _sequential(job), path)
        if tier.settle_s:
            note(f"letting it settle for {tier.settle_s:.0f} s")
            engine.run(chosen, replace(job, duration_s=tier.settle_s, seed=seed + 1), path)
        note(f"measuring for {tier.duration_s:.0f} s")
        before = witness.counters(path)
        result = engine.run(chosen, job, path)
        after = witness.counters(path)
    except StorageError as error:
        return Trial(size_bytes, None, str(error))
    seen = after.since(before) if before is not None and after is not None else None
    bytes_per_s = sequential.io_bytes / sequential.duration_s
    return Trial(
        size_bytes=size_bytes,
        result=result,
        seen=seen,
        bypass=bypass.prove(path, job, result, seen, bytes_per_s),
        data=data_sample.sample(
            path, size_bytes, job.block_bytes, guarantee.data.sample_blocks, seed
        ),
    )


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
