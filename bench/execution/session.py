"""The session of a run: from the plan to the sealed bundle, whatever ends it."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import __version__
from bench.analysis import conclude
from bench.errors import CapbenchError, Incomplete, NothingMeasured, UsageError
from bench.evidence import Evidence, Tool
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed, Skipped
from bench.evidence.plan import Plan
from bench.execution import runner
from bench.execution.processes import WarmWorker
from bench.execution.runner import Execute, Listener, faulty, run_plan
from bench.execution.shapes.tuning import Try, tune
from bench.machine.installation import intruders
from bench.planning.feasibility import assumption

CUT_OFF = "interrupted"
"""The reason of a case that a run was ended before."""
Say = Callable[[str], None]
"""What is told on the way, a line at a time."""
Follow = Callable[[Plan], AbstractContextManager[Listener]]
"""Who follows a run: the listener is made once the plan is settled."""


def refuse_collisions() -> None:
    """Raise UsageError where another distribution owns one of our package names."""
    for package, others in intruders().items():
        raise UsageError(
            f"The package {package} is also installed by {', '.join(sorted(others))}, "
            "so nobody knows which of the two is imported.",
            "Install capbench into an environment of its own.",
        )


def run_session(
    inventory: Inventory,
    planned: Plan,
    folder: Path,
    *,
    say: Say,
    follow: Follow,
    ahead: WarmWorker | None = None,
    execute: Execute | None = None,
    try_shapes: Try | None = None,
) -> Evidence:
    """Carry out the plan and seal what came of it in `folder/evidence`.

    `execute` and `try_shapes` take the place of worker processes, for a simulated machine. Raises
    UsageError for a folder that cannot be used, Incomplete for a full disk or an early Ctrl-C, and
    an error that nobody foresaw as it is, when what was measured before it is sealed.
    """
    started_at = now()
    writer = BundleWriter(folder / "evidence", inventory, planned)
    for absent in inventory.absent:
        say(f"{absent.backend}: absent: {absent.reason}")
    if (assumed := assumption(inventory, planned.cases)) is not None:
        say(assumed)
    faults: list[Exception] = []
    with ends_as_interrupt():
        try:
            planned = tune(planned, inventory, say, try_shapes)
        except KeyboardInterrupt:
            raise Incomplete("Interrupted before anything was measured.", "Run again.") from None
        except CapbenchError:
            raise
        except Exception as error:  # the shapes of the profile do as well
            faults.append(error)
        writer.replan(planned)
        with follow(planned) as listener:
            outcomes, interrupted = run_plan(
                planned,
                inventory,
                writer.add,
                listener,
                execute or partial(runner.in_processes, ahead=ahead),
                faults.append,
            )
        evidence = conclude(
            Tool("capbench", __version__, inventory.sources_sha256),
            str(uuid.uuid4()),
            started_at,
            now(),
            inventory,
            planned,
            outcomes,
            interrupted or (faulty(faults[0]) if faults else None),
        )
        writer.finish(evidence)
    if faults:
        say(f"what was measured is sealed in {writer.folder}")
        raise faults[0]
    return evidence


def exit_code(evidence: Evidence, judged: int) -> int:
    """3 if nothing could be measured, 5 if something failed or was cut off, else judged."""
    cut_off = any(isinstance(o, Skipped) and o.reason.code == CUT_OFF for o in evidence.outcomes)
    if not cut_off and all(isinstance(o, Failed | Skipped) for o in evidence.outcomes):
        return NothingMeasured.exit_code
    if evidence.interrupted or any(isinstance(o, Failed) for o in evidence.outcomes):
        return Incomplete.exit_code
    return judged


@contextmanager
def ends_as_interrupt() -> Iterator[None]:
    """Treat a polite kill and the end of the session at a terminal as Ctrl-C: seal what there is.

    Both come more than once as a rule; the first is enough. One that was ignored stays ignored
    (`nohup`). A terminal that is gone answers writes with an error, which nobody could read.
    """
    terminals = [descriptor for descriptor in (0, 1, 2) if os.isatty(descriptor)]
    known = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}

    def end(number: int, frame: object) -> None:
        for each in known:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGHUP:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for descriptor in terminals:
                os.dup2(nowhere, descriptor)
            os.close(nowhere)
        raise KeyboardInterrupt

    try:
        for each, previous in known.items():
            if previous != signal.SIG_IGN:
                signal.signal(each, end)
        yield
    finally:
        for each, previous in known.items():
            signal.signal(each, previous)


def now() -> str:
    """The time in UTC, ISO 8601, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
