"""`capbench storage guarantee`: hold storage to an IOPS guarantee and seal what came of it."""

from __future__ import annotations

import fcntl
import os
import signal
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import FOLDER, engine_option
from bench.cli.output import json_option, print_json, talk, told
from bench.errors import Incomplete, UsageError
from bench.evidence.codec import replace

if TYPE_CHECKING:
    from bench.evidence import Evidence
    from bench.evidence.bundle_reader import Run
    from bench.evidence.inventory import Inventory, Storage
    from bench.evidence.outcome import Outcome
    from bench.evidence.plan import GuaranteeCase
    from storage_bench.engines.choose import Engine

EXIT_CODES = {"PASS": 0, "FAIL": 1, "NOT-MEASURED": 3, "INCONCLUSIVE": 5}


@click.command()
@click.option("--dir", "directory", type=FOLDER, help="Folder on the storage to test.")
@click.option("--definition", help="Default: critical-business@1.0.")
@click.option("--tier", default="quick", show_default=True, help="Only full certifies.")
@click.option("--capped", is_flag=True, help="The volume is provisioned at exactly the target.")
@click.option("--array-cache-bytes", type=int, default=0, help="Memory of the array, declared.")
@click.option("--seed", type=int, default=1, show_default=True)
@engine_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to make for the evidence; default: a new one, whose name is printed.",
)
@click.option(
    "--resume", type=FOLDER, metavar="FOLDER",
    help="Go on with the run that a kill or Ctrl-C left there; instead of all other options.",
)  # fmt: skip
@json_option
@click.pass_context
def guarantee(
    context: click.Context,
    directory: Path | None,
    definition: str | None,
    tier: str,
    capped: bool,
    array_cache_bytes: int,
    seed: int,
    engine: Engine | None,
    out: Path | None,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Test whether storage keeps an IOPS guarantee, and seal the evidence: PASS 0, FAIL 1,
    NOT-MEASURED 3, INCONCLUSIVE 5."""
    from bench.analysis.guarantee import definition as definition_of
    from bench.analysis.guarantee import trials
    from bench.cli.storage.display import show
    from bench.machine.volume import volume
    from bench.planning.guarantee import guarantee_case
    from storage_bench.engines import choose as engines

    if (directory is None) == (resume is None):
        raise UsageError("Wanted one place.", "Give --dir DIR, or --resume FOLDER.")
    with told(), ExitStack() as held:
        if resume is not None:
            if others := sorted(_given(context) - {"resume", "as_json"}):
                raise UsageError(
                    f"--resume goes on as it was begun, without --{others[0].replace('_', '-')}.",
                    "Leave it out.",
                )
            held.enter_context(_alone(resume / "evidence"))
            work = take_up(resume)
        else:
            assert directory is not None
            folder = out or Path(f"capbench-{datetime.now(UTC):%Y%m%d-%H%M%S}")
            chosen = engines.choose()[0] if engine is None else engine
            implementation = engines.label(chosen, timed=True)
            case = guarantee_case(
                volume(directory), chosen, implementation, definition, tier, capped,
                array_cache_bytes, seed,
            )  # fmt: skip
            work = begin(case, directory, folder)
        evidence = carry_out(work)
    demanded, judged = definition_of(work.case), evidence.judgements[0].judgement
    if as_json:
        print_json(
            {
                "definition": demanded,
                "judgement": judged,
                "trials": trials(work.case, evidence.outcomes),
                "evidence": str(work.folder),
            }
        )
    else:
        show(demanded, judged, evidence.outcomes)
    talk(f"evidence: {work.folder}   check it: capbench verify {work.folder}")
    if evidence.interrupted is not None:
        kept = sum(o.kind == "measured-replicate" for o in evidence.outcomes)
        raise Incomplete(
            f"Interrupted with {kept} of {work.case.repeats} replicates measured.",
            f"Go on with: capbench storage guarantee --resume {work.folder.parent}",
        )
    context.exit(EXIT_CODES[judged.verdict])


@dataclass(frozen=True, slots=True)
class Work:
    """A guarantee to be tested, and what is done of it already."""

    folder: Path
    """Of the evidence."""
    run: Run
    inventory: Inventory
    case: GuaranteeCase
    done: Mapping[int, Outcome] = field(default_factory=dict)
    resumed_at: str | None = None


def begin(case: GuaranteeCase, directory: Path, folder: Path) -> Work:
    """A new run."""
    from bench import __version__
    from bench.evidence import FORMAT, Tool
    from bench.evidence.bundle_reader import Run
    from bench.machine import discover

    inventory = discover(directory)
    tool = Tool("capbench", __version__, inventory.sources_sha256)
    begun_at = _now()
    unfinished = "it did not come to its end"
    run = Run(FORMAT, tool, str(uuid.uuid4()), begun_at, begun_at, unfinished)
    return Work(folder / "evidence", run, inventory, case)


def take_up(folder: Path) -> Work:
    """The run in this folder, if it is one of this machine, this capbench and this storage."""
    from bench.evidence.bundle_reader import unfinished
    from bench.evidence.outcome import Skipped
    from bench.evidence.plan import GuaranteeCase
    from bench.machine import discover

    found = unfinished(folder / "evidence")
    (case, *others) = found.plan.cases
    if others or not isinstance(case, GuaranteeCase):
        raise UsageError(f"{folder} holds no run of a guarantee.", "Only such a run is taken up.")
    if not Path(case.directory).is_dir():
        raise UsageError(f"{case.directory}, which the run tests, is gone.", "Mount it again.")
    then, now = found.inventory, discover(Path(case.directory))
    for what, before, here in (
        ("host", then.host.hostname, now.host.hostname),
        ("version of capbench", then.sources_sha256, now.sources_sha256),
        ("storage", _lasting(then.storage), _lasting(now.storage)),
    ):
        if before != here:
            raise UsageError(f"The run was begun with another {what}.", "Begin a new one.")
    done = {o.repeat: o for o in found.outcomes if not isinstance(o, Skipped)}
    return Work(folder / "evidence", found.run, then, case, done, _now())


def carry_out(work: Work) -> Evidence:
    """Every replicate that is not done, and the seal over all of them.

    The folder for evidence is made only where the storage can be tested at all.
    """
    from bench.analysis import conclude
    from bench.evidence.bundle_writer import BundleWriter
    from bench.execution import replicates
    from bench.planning.guarantee import guarantee_plan
    from storage_bench.workspace.guard import workspace

    case, run, plan = work.case, work.run, guarantee_plan(work.case)
    _announce(work)
    # Where every replicate is on record, nothing but the seal is missing.
    needed_bytes = case.needed_bytes if len(work.done) < case.repeats else 0
    with workspace(Path(case.directory), needed_bytes) as space, _polite_kill():
        resumed = work.resumed_at is not None
        writer = BundleWriter(work.folder, work.inventory, plan, resumed)
        with nullcontext() if resumed else _alone(work.folder):
            writer.begin(run)
            outcomes, interrupted = replicates.run_replicates(
                case, space.data_file, writer.add, _tell, work.done, work.resumed_at
            )
            evidence = conclude(
                run.tool, run.run_id, run.started_at, _now(), work.inventory, plan, outcomes,
                interrupted,
            )  # fmt: skip
            # Sealed before the folder is cleaned up: a file of others in there ends that.
            writer.finish(evidence)
    return evidence


def _announce(work: Work) -> None:
    from bench.analysis.guarantee import definition
    from bench.planning.time_budget import guarantee_s
    from bench.units import format_si

    case, left = work.case, work.case.repeats - len(work.done)
    if work.done:
        talk(f"{len(work.done)} of {case.repeats} replicates are on record and stay as they are")
    if any(outcome.kind == "failed" for outcome in work.done.values()):
        talk("one of them failed or was cut off: this run can no longer come to PASS")
    demanded = definition(case)
    written = demanded.written_bytes(demanded.tiers[case.tier], case.needed_bytes) * left
    talk(
        f"{case.guarantee}, tier {case.tier}, in {case.directory}: {left} x "
        f"{format_si(case.needed_bytes, 'B')}, {guarantee_s(case) * left / 60:.0f} min under load "
        f"and the time to write and to read it; {format_si(written, 'B')} will be written in all"
    )


def _tell(text: str) -> None:
    """With the time of day: what comes next may take an hour."""
    talk(f"{datetime.now():%H:%M:%S} {text}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
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


@contextmanager
def _polite_kill() -> Iterator[None]:
    """A polite kill is treated as Ctrl-C: clean up, seal what there is."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _lasting(storage: Storage | None) -> Storage | None:
    """Without what changes by the minute."""
    return None if storage is None else replace(storage, free_bytes=0)


def _given(context: click.Context) -> set[str]:
    """Names of the options that somebody gave."""
    default = click.core.ParameterSource.DEFAULT
    return {name for name in context.params if context.get_parameter_source(name) is not default}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
