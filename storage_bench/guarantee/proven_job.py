"""A job with the proof that a drive was measured: a figure of memory is no figure of storage."""

from pathlib import Path

from storage_bench.engines import choose
from storage_bench.errors import StorageError
from storage_bench.guarantee import cache_bypass, device_counters
from storage_bench.job import Job, JobResult
from storage_bench.media.classes import MediaClass
from storage_bench.media.classify import classify
from storage_bench.observations import Part, Proof


def run(engine: choose.Engine, job: Job, path: Path) -> tuple[JobResult, Proof]:
    """Load the filled file `path`, and look whether memory answered in place of a drive.

    Raises StorageError without a usable result, or where a part of the proof is broken.
    """
    before = device_counters.counters(path)
    result = choose.run(engine, job, path)
    after = device_counters.counters(path)
    seen = after.since(before) if before is not None and after is not None else None
    proof = cache_bypass.prove(path, job, result, seen)
    elsewhere = classify(path).media is MediaClass.NETWORK
    broken = [part for part in proof.parts if part.holds is False and not _may(part, elsewhere)]
    if broken:
        said = "; ".join(f"{part.name}: {part.because}" for part in broken)
        raise StorageError(
            f"Memory answered and no drive ({said}): this is no figure of storage.",
            "Name a folder on a disk or a drive.",
        )
    return result, proof


def held(proof: Proof) -> str:
    """The parts that hold, for the record: `alignment, device`."""
    return ", ".join(part.name for part in proof.parts if part.holds) or "none"


def _may(part: Part, elsewhere: bool) -> bool:
    """A server takes reads that begin anywhere (NFS does): its drives lie behind it."""
    return elsewhere and part.name == "alignment"
