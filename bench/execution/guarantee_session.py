"""The session of an IOPS guarantee: begun or taken up again, carried out, sealed."""

import fcntl
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench import __version__
from bench.analysis import conclude
from bench.analysis.guarantee import definition
from bench.errors import UsageError
from bench.evidence import FORMAT, Evidence, Tool
from bench.evidence.bundle_reader import Run, unfinished
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory, Storage
from bench.evidence.outcome import Outcome, Skipped
from bench.evidence.plan import GuaranteeCase
from bench.execution import replicates
from bench.execution.session import ends_as_interrupt, now
from bench.machine import discover
from bench.planning.guarantee import guarantee_plan
from bench.planning.time_budget import guarantee_s
from bench.units import format_si
from storage_bench.workspace.guard import workspace

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GuaranteeRun:
    """A guarantee to be tested, and what is done of it already."""

    folder: Path
    """Of the evidence."""
    run: Run
    inventory: Inventory
    case: GuaranteeCase
    done: Mapping[int, Outcome] = field(default_factory=dict)
    resumed_at: str | None = None


def begin(case: GuaranteeCase, directory: Path, folder: Path) -> GuaranteeRun:
    """Begin a new run."""

    inventory = discover(directory)
    tool = Tool("capbench", __version__, inventory.sources_sha256)
    begun_at = now()
    unfinished = "it did not come to its end"
    run = Run(FORMAT, tool, str(uuid.uuid4()), begun_at, begun_at, unfinished)
    return GuaranteeRun(folder / "evidence", run, inventory, case)


def take_up(folder: Path) -> GuaranteeRun:
    """Take up the run in this folder, if it is of this machine, this capbench and this storage.

    Raises UsageError for any other.
    """
    found = unfinished(folder / "evidence")
    (case, *others) = found.plan.cases
    if others or not isinstance(case, GuaranteeCase):
        raise UsageError(f"{folder} holds no run of a guarantee.", "Only such a run is taken up.")
    if not Path(case.directory).is_dir():
        raise UsageError(f"{case.directory}, which the run tests, is gone.", "Mount it again.")
    then, here = found.inventory, discover(Path(case.directory))
    for what, before, found_now in (
        ("host", then.host.hostname, here.host.hostname),
        ("version of capbench", then.sources_sha256, here.sources_sha256),
        ("storage", without_free_space(then.storage), without_free_space(here.storage)),
    ):
        if before != found_now:
            raise UsageError(f"The run was begun with another {what}.", "Begin a new one.")
    done = {o.repeat: o for o in found.outcomes if not isinstance(o, Skipped)}
    return GuaranteeRun(folder / "evidence", found.run, then, case, done, now())


def run_guarantee(work: GuaranteeRun, say: Say) -> Evidence:
    """Carry out every replicate that is not done, and seal all of them.

    The folder for evidence is made only where the storage can be tested at all.
    """

    case, run, plan = work.case, work.run, guarantee_plan(work.case)
    faults: list[Exception] = []
    _announce(work, say)
    # Where every replicate is on record, nothing but the seal is missing.
    needed_bytes = case.needed_bytes if len(work.done) < case.repeats else 0
    with ends_as_interrupt(), workspace(Path(case.directory), needed_bytes) as space:
        resumed = work.resumed_at is not None
        writer = BundleWriter(work.folder, work.inventory, plan, resumed)
        with nullcontext() if resumed else exclusive_lock(work.folder):
            writer.begin(run)
            outcomes, interrupted = replicates.run_replicates(
                case,
                space.data_file,
                writer.add,
                lambda text: say(_timed(text)),
                work.done,
                work.resumed_at,
                failed=faults.append,
            )
            evidence = conclude(
                run.tool, run.run_id, run.started_at, now(), work.inventory, plan, outcomes,
                interrupted,
            )  # fmt: skip
            # Sealed before the folder is cleaned up: a file of others in there ends that.
            writer.finish(evidence)
    if faults:
        say(f"what was measured is sealed in {work.folder}")
        raise faults[0]
    return evidence


def _announce(work: GuaranteeRun, say: Say) -> None:

    case, left = work.case, work.case.repeats - len(work.done)
    if work.done:
        say(f"{len(work.done)} of {case.repeats} replicates are on record and stay as they are")
    if any(outcome.kind == "failed" for outcome in work.done.values()):
        say("one of them failed or was cut off: this run can no longer come to PASS")
    demanded = definition(case)
    written = demanded.written_bytes(demanded.tiers[case.tier], case.needed_bytes) * left
    say(
        f"{case.guarantee}, tier {case.tier}, in {case.directory}: {left} x "
        f"{format_si(case.needed_bytes, 'B')}, {guarantee_s(case) * left / 60:.0f} min under load "
        f"and the time to write and to read it; {format_si(written, 'B')} will be written in all"
    )


def _timed(text: str) -> str:
    """Add the time of day: what comes next may take an hour."""
    return f"{datetime.now():%H:%M:%S} {text}"


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Keep a second process from going on with a run that still goes on."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be opened: {error.strerror}.", "Give the folder of a run."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"Another process goes on with {folder}.", "Let it end.") from None
        yield
    finally:
        os.close(descriptor)


def without_free_space(storage: Storage | None) -> Storage | None:
    """Leave out what changes by the minute."""
    return None if storage is None else replace(storage, free_bytes=0)
