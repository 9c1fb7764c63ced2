"""One face for all engines: which one to use here, and a job run by it."""

from pathlib import Path
from typing import Literal, assert_never

from storage_bench.engines.fio import run as fio
from storage_bench.engines.native import appends as native_appends
from storage_bench.engines.native import engine as native
from storage_bench.errors import StorageError
from storage_bench.job import Job, JobResult
from storage_bench.observations import Appends

Engine = Literal["fio", "native"]


def choose() -> tuple[Engine, str]:
    """The engine to use here, and its label with the I/O interface, such as `fio-io_uring`.

    fio where one is installed that will do, because others can repeat its jobs; else the built-in
    engine.
    """
    found = fio.find()
    engine: Engine = "native" if found is None or found.lacks else "fio"
    return engine, label(engine)


def passed_over() -> str | None:
    """Why an installed fio is not taken; None where it is, or where there is none."""
    found = fio.find()
    return None if found is None else found.lacks


def label(engine: Engine, timed: bool = False) -> str:
    """The engine with its I/O interface; `timed` is for jobs with a rate.

    Raises StorageError where it is not installed, or too old.
    """
    match engine:
        case "native":
            return f"native-{native.interface(timed)}"
        case "fio":
            return f"fio-{_fio().interface}"
        case _:
            assert_never(engine)


def run(engine: Engine, job: Job, path: Path) -> JobResult:
    """Load the filled file `path` with `job`; raises StorageError without a usable result."""
    match engine:
        case "native":
            return native.run(job, path)
        case "fio":
            return _fio().run(job, path)
        case _:
            assert_never(engine)


def appends(
    engine: Engine, path: Path, block_bytes: int, size_bytes: int, limit_s: float, seed: int
) -> Appends:
    """Append to a new file, each block made durable; raises StorageError where that fails."""
    match engine:
        case "native":
            return native_appends.run(path, block_bytes, size_bytes, limit_s, seed)
        case "fio":
            return _fio().appends(path, block_bytes, size_bytes, limit_s)
        case _:
            assert_never(engine)


def _fio() -> fio.Fio:
    found = fio.find()
    if found is None:
        raise StorageError("fio is not installed here.", "Install it, or use native.")
    if found.lacks:
        raise StorageError(f"{found.lacks}.", "Install a newer one, or use native.")
    return found


def fio_version() -> str | None:
    """Version of the fio that would be used, or None where there is none."""
    found = fio.find()
    return None if found is None else found.version
